"""Starts Tocsin and its peers for one round each, and reads what they cost. Hides processes and folders.

Every round gets a fresh copy of a prepared home: a backlog of one round must not be paid for in the next.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from benchmarks.durable import copy_of, process_of
from tocsin.cli.children import die_with_parent
from tocsin.cli.preparation import mark_prepared

_TICKS = os.sysconf("SC_CLK_TCK")
_READY_WITHIN = 60.0


class PeerMissing(Exception):
    """A peer is not installed; the message names the mend."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server with all its children."""

    pid: int
    port: int
    home: Path
    database: int = 0
    """Process of the database server it works for alone; its cost counts too."""

    def processes(self) -> list[int]:
        """The process and everything below it, and the same of its database."""
        found, waiting = [], [pid for pid in (self.pid, self.database) if pid]
        while waiting:
            pid = waiting.pop()
            found.append(pid)
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                with suppress(OSError):
                    waiting.extend(map(int, task.read_text().split()))
        return found

    def cpu_seconds(self) -> float:
        """Processor time used so far by all of them, also by those that ended: PostgreSQL has one for a connection."""
        total = 0
        for pid in self.processes():
            with suppress(OSError):
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                total += sum(map(int, fields[11:15]))
        return total / _TICKS

    def memory_mib(self) -> float:
        """Resident memory in MiB; what is shared is counted once (PSS)."""
        kib = 0
        for pid in self.processes():
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            kib += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        return kib / 1024


def free_port() -> int:
    """A port that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def prepared_home(services: int, sink: str = "", database: str = "") -> Iterator[tuple[Path, list[str]]]:
    """A home with services and one integration for each, in SQLite or an empty `database`: the folder and the keys."""
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as folder:
        environment = _environment(Path(folder), database)
        prepare = [sys.executable, "-m", "tocsin", "migrate", "--prepare", "--no-demo"]
        subprocess.run(prepare, env=environment, check=True, capture_output=True)
        fill = [sys.executable, "-m", "benchmarks.house", str(services), sink]
        done = subprocess.run(fill, env=environment, check=True, capture_output=True, text=True)
        mark_prepared(Path(folder))
        yield Path(folder), json.loads(done.stdout.splitlines()[-1])


def _environment(home: Path, database: str = "") -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}
    settings = {"DJANGO_SETTINGS_MODULE": "tocsin.project.settings", "TOCSIN_OUTGOING_ALLOW": "127.0.0.0/8"}
    if database:
        settings["TOCSIN_DATABASE_URL"] = database
    return {**kept, **settings, "TOCSIN_HOME": str(home), "TOCSIN_URL": "http://localhost"}


@contextmanager
def tocsin(prepared: Path, *, command: str = "serve", database: str = "") -> Iterator[Server]:
    """Tocsin on a copy of a home and its `database`: all of it (`serve`), or the door for alerts alone (`ingest`)."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="tocsin-bench-"))
        copied = stack.enter_context(copy_of(database)) if database else ""
        home = Path(folder) / "home"
        shutil.copytree(prepared, home)
        port = free_port()
        argv = [sys.executable, "-m", "tocsin", command, "--port", str(port)]
        if command == "serve":
            argv.append("--no-demo")
        ready, environment = "/healthz" if command == "serve" else "", _environment(home, copied)
        beside = process_of(database) if database else 0
        yield stack.enter_context(_running(argv, port, home, ready, environment, database=beside))


@contextmanager
def alertmanager(receiver: str = "") -> Iterator[Server]:
    """Debian's Alertmanager; groups speak at once to `receiver` when there is one. Raises `PeerMissing`."""
    program = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
    if program is None:
        raise PeerMissing("Alertmanager is missing: apt-get install prometheus-alertmanager")
    with tempfile.TemporaryDirectory(prefix="peer-bench-") as folder:
        home, port = Path(folder), free_port()
        hook = [{"url": receiver, "send_resolved": False}] if receiver else []
        route = {"receiver": "all", "group_by": ["alertname"], "group_wait": "0s" if receiver else "30s"}
        config = home / "alertmanager.yml"
        config.write_text(json.dumps({"route": route, "receivers": [{"name": "all", "webhook_configs": hook}]}))
        argv = [program, f"--config.file={config}", f"--storage.path={home / 'store'}", "--cluster.listen-address="]
        argv += [f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]
        with _running(argv, port, home, "/-/ready", dict(os.environ)) as server:
            yield server


def alertmanager_version() -> str:
    """As it names itself."""
    program = shutil.which("prometheus-alertmanager") or "alertmanager"
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return " ".join((done.stdout + done.stderr).split()[:3]).rstrip(",")


@contextmanager
def _running(
    argv: list[str], port: int, home: Path, ready: str, environment: dict[str, str], *, database: int = 0
) -> Iterator[Server]:
    """Start a program, wait until it answers at `ready` (or takes connections), and stop it in the end."""
    parent = os.getpid()
    with (home.parent / f"{home.name}.log").open("wb") as output:
        process = subprocess.Popen(
            argv,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=lambda: die_with_parent(parent),
        )
        try:
            _wait(process, port, ready)
            yield Server(process.pid, port, home, database)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            (home.parent / f"{home.name}.log").unlink(missing_ok=True)


def _wait(process: "subprocess.Popen[bytes]", port: int, ready: str) -> None:
    until = time.monotonic() + _READY_WITHIN
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"The server ended at its start with code {process.returncode}.")
        try:
            if ready:
                urlopen(f"http://127.0.0.1:{port}{ready}", timeout=2).close()
            else:
                socket.create_connection(("127.0.0.1", port), timeout=2).close()
        except (URLError, OSError):
            time.sleep(0.05)
            continue
        return
    raise RuntimeError("The server did not answer in time.")
