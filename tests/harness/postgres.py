"""A private PostgreSQL for one test run, in a temporary folder, reached through a Unix socket.

Hides where Debian keeps the programs and that PostgreSQL refuses to run as root. Never touches a server that
was already there, never listens on a network address, and is gone afterwards, however the run ends.
As a program: `python tests/harness/postgres.py COMMAND ...` runs the command with `TOCSIN_DATABASE_URL` set.
"""

import ctypes
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

_SETTINGS = {
    # Tests check behaviour, not power cuts; the rest makes room for several workers and engines at once.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "listen_addresses": "",
    "timezone": "UTC",
    "log_min_messages": "fatal",
    "log_min_error_statement": "panic",
}
_DEBIAN = Path("/usr/lib/postgresql")
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class PostgresMissing(Exception):
    """PostgreSQL is not installed; the message names the mend."""


def binaries() -> Path:
    """Folder with `initdb` and `postgres`: `PG_BIN`, the newest of Debian's, or the one on PATH."""
    given = os.environ.get("PG_BIN")
    if given:
        return Path(given)

    def version(path: Path) -> int:
        return int(re.sub(r"\D", "", path.parent.parent.name) or 0)

    found = sorted(_DEBIAN.glob("*/bin/initdb"), key=version)
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    raise PostgresMissing("PostgreSQL is not installed; install Debian's package 'postgresql' or set PG_BIN.")


def _account() -> pwd.struct_passwd | None:
    """The account that PostgreSQL runs as when we are root, which it refuses; None for ourselves."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _server_dies_with_us() -> None:
    # To PostgreSQL SIGQUIT is the immediate shutdown: nothing in a throw-away cluster is worth waiting for.
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


def _command_dies_with_us() -> None:
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Cluster:
    """A PostgreSQL that can be stopped as by a power cut, and started again with what it had."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self._programs, self._account, self._folder = binaries(), _account(), folder
        self._options = {**_SETTINGS, "unix_socket_directories": str(folder), **settings}
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Of the database that every cluster has."""
        return f"postgresql://tocsin@{quote(str(self._folder), safe='')}/postgres"

    def make(self) -> None:
        """Lay out the files."""
        if self._account:
            os.chown(self._folder, self._account.pw_uid, self._account.pw_gid)
        options = ["-U", "tocsin", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8"]
        _run_as(self._account, [self._programs / "initdb", "-D", self._folder / "cluster", *options])

    def start(self) -> None:
        """Begin to serve; returns when it answers."""
        account = self._account
        argv = [str(self._programs / "postgres"), "-D", str(self._folder / "cluster")]
        self._server = subprocess.Popen(
            [*argv, *(f"-c{k}={v}" for k, v in self._options.items())],
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_server_dies_with_us,
        )
        _wait_until_ready(self._programs, self._folder, self._server)

    def crash(self) -> None:
        """Stop without a goodbye to anybody (`-m immediate`); it recovers from its journal at the next start."""
        assert self._server is not None
        self._server.send_signal(signal.SIGQUIT)
        self._server.wait(20)
        self._server = None

    def stop(self) -> None:
        """End it, if it runs."""
        if self._server is not None:
            _stop(self._server)


@contextmanager
def private_cluster(**settings: str) -> Iterator[Cluster]:
    """A fresh cluster that runs; `settings` add to or override postgresql.conf. Takes one to three seconds.

    Raises `PostgresMissing` when it is not installed.
    """
    # Short, because the path of a Unix socket is limited to 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="tocsin-pg-", dir="/tmp"))
    try:
        cluster = Cluster(folder, **settings)
        try:
            cluster.make()
            cluster.start()
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def private_postgres(**settings: str) -> Iterator[str]:
    """Yield the URL of an empty database of a fresh cluster; see `private_cluster`."""
    with private_cluster(**settings) as cluster:
        yield cluster.url


def _run_as(account: pwd.struct_passwd | None, argv: list[str | Path]) -> None:
    done = subprocess.run(
        [str(part) for part in argv],
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{argv[0]} failed: {done.stderr.strip() or done.stdout.strip()}")


def _wait_until_ready(programs: Path, folder: Path, server: subprocess.Popen[bytes]) -> None:
    # `pg_isready -t` waits by itself for one answer only; while there is no socket yet it returns at once.
    for _ in range(300):
        if server.poll() is not None:
            raise RuntimeError(f"PostgreSQL ended at its start with code {server.returncode}.")
        asked = subprocess.run(
            [str(programs / "pg_isready"), "-q", "-h", str(folder), "-U", "tocsin", "-d", "postgres"],
            check=False,
        )
        if asked.returncode == 0:
            return
        try:
            server.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
    raise RuntimeError("PostgreSQL did not answer within 30 seconds.")


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGINT)
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)
        server.wait(10)


def _leave(number: int, _frame: object) -> NoReturn:
    raise SystemExit(128 + number)


def main(command: list[str]) -> int:
    """Run `command` with a private PostgreSQL; return its exit code."""
    signal.signal(signal.SIGTERM, _leave)
    with private_postgres() as url:
        environment = {**os.environ, "TOCSIN_DATABASE_URL": url}
        return subprocess.run(command, env=environment, preexec_fn=_command_dies_with_us, check=False).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except PostgresMissing as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
