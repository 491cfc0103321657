"""The sample shop as the player holds it: two processes, a folder, and customers who keep buying.

Hides ports and processes. Everything dies with the player, even when the player is killed.
"""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from tocsin.cli.children import die_with_parent
from tocsin.domain.drill.tidying import FOLDER

_UP_WITHIN = 15.0


@dataclass(slots=True)
class Sales:
    """What the practice customers saw."""

    taken: int = 0
    lost: int = 0
    lost_in_a_row: int = 0


class Shop:
    """Open between `open` and `close`."""

    def __init__(self) -> None:
        self.port, self._database_port = _free_port(), _free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        self.sales = Sales()
        self._folder = Path(tempfile.mkdtemp(prefix=FOLDER))
        self._web: subprocess.Popen[bytes] | None = None
        self._database: subprocess.Popen[bytes] | None = None
        self._closing = threading.Event()

    @property
    def folder(self) -> str:
        """Where its file lies."""
        return str(self._folder)

    @property
    def processes(self) -> list[int]:
        """Numbers of the processes that run."""
        return [p.pid for p in (self._web, self._database) if p is not None and p.poll() is None]

    def open(self) -> None:
        """Start both processes and let customers in. Raises `TimeoutError` when the shop does not come up."""
        self.start_database()
        self._web = _start("shop_web", str(self.port), str(self._database_port))
        self._wait(200)
        threading.Thread(target=self._customers, name="customers", daemon=True).start()

    def start_database(self) -> None:
        """Start the database on the file that is there."""
        self._database = _start("shop_database", str(self._folder / "orders.sqlite3"), str(self._database_port))

    def restart_database(self) -> None:
        """The fix: start it again and wait until the shop says it is well."""
        self.start_database()
        self._wait(200)

    def kill_database(self) -> int:
        """SIGKILL, no warning; the number of the process that died."""
        assert self._database is not None
        self._database.kill()
        self._database.wait()
        self._wait(503)
        return self._database.pid

    def health(self) -> int:
        """Status of `/health`; 0 when nothing answers."""
        return self._ask("GET", "/health")[0]

    def orders(self) -> int:
        """How many orders the database holds, as `/metrics` says."""
        return int(self._ask("GET", "/metrics")[1].rsplit(maxsplit=1)[-1])

    def close(self) -> None:
        """Stop everything and remove the folder."""
        self._closing.set()
        for process in (self._web, self._database):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _customers(self) -> None:
        while not self._closing.wait(0.25):
            if self._ask("POST", "/orders", b"goods=Brass+bell")[0] == 201:
                self.sales.taken += 1
                self.sales.lost_in_a_row = 0
            else:
                self.sales.lost += 1
                self.sales.lost_in_a_row += 1

    def _ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, str]:
        """Status and text; status 0 when nothing answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=3)
        try:
            connection.request(method, path, body)
            answer = connection.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            connection.close()

    def _wait(self, status: int) -> None:
        until = time.monotonic() + _UP_WITHIN
        while self.health() != status:
            if time.monotonic() > until:
                raise TimeoutError(f"The shop did not answer {status} within {_UP_WITHIN:g} s.")
            time.sleep(0.05)


def _start(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    parent = os.getpid()
    return subprocess.Popen(
        [sys.executable, "-m", f"tocsin.cli.drill.{module}", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=lambda: die_with_parent(parent),
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
