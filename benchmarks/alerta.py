"""Alerta as a peer: installed once into an environment of its own, run as its manual says, on a durable PostgreSQL.

Hides the installation. Never touches Tocsin's environment. Alerts are sent one to a request in its documented form;
its address is `/alert`, which its proxy serves as `/api/alert`.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.durable import copy_of, process_of
from benchmarks.servers import PeerMissing, Server, _running, free_port

PATH = "/alert"
WORKERS = 2
_PACKAGES = ("alerta-server==9.1.0", "psycopg2-binary==2.9.13", "gunicorn==27.0.1")
_INSTALLED_WITHIN = 600


def installed() -> Path:
    """Folder of Alerta's programs, below the user's cache; installed if need be. Raises `PeerMissing`."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "tocsin-benchmarks" / "-".join(_PACKAGES)
    if not (folder / "complete").exists():
        try:
            _install(folder)
        except (OSError, subprocess.SubprocessError) as error:
            said = getattr(error, "stderr", None) or str(error)
            raise PeerMissing(f"Alerta could not be installed: {said.strip().splitlines()[-1]}") from error
        (folder / "complete").touch()
    return folder / "bin"


def _install(folder: Path) -> None:
    python = str(folder / "bin" / "python")
    uv = shutil.which("uv")
    if uv:
        steps = [
            [uv, "venv", "--clear", "--python", sys.executable, str(folder)],
            [uv, "pip", "install", "--python", python, *_PACKAGES],
        ]
    else:
        steps = [
            [sys.executable, "-m", "venv", "--clear", str(folder)],
            [python, "-m", "pip", "install", "--quiet", *_PACKAGES],
        ]
    for step in steps:
        subprocess.run(step, check=True, capture_output=True, text=True, timeout=_INSTALLED_WITHIN)


def body(alert: Mapping[str, Any]) -> bytes:
    """An alert of Prometheus as Alerta's own receiver of Prometheus would name its parts."""
    labels, annotations = dict(alert["labels"]), dict(alert["annotations"])
    return json.dumps(
        {
            "resource": labels.pop("instance"),
            "event": labels.pop("alertname"),
            "environment": "Production",
            "severity": labels.pop("severity"),
            "service": [labels.pop("namespace")],
            "group": labels.pop("job"),
            "text": annotations["description"],
            "value": "n/a",
            "tags": [f"{name}={value}" for name, value in labels.items()],
            "attributes": {"summary": annotations["summary"], "moreInfo": alert["generatorURL"]},
            "createTime": alert["startsAt"].replace("+00:00", "Z")[:23] + "Z",
            "origin": "benchmark",
        }
    ).encode()


@contextmanager
def alerta(programs: Path, database: str) -> Iterator[Server]:
    """Alerta on an empty copy of `database`: gunicorn, two workers, its default plugins, no sign-in."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="peer-bench-")))
        copied = stack.enter_context(copy_of(database))
        port = free_port()
        # Threads, because the plain workers of gunicorn hang up after each answer. Loaded once, because two
        # workers that make the tables at the same time refuse to start.
        argv = [str(programs / "gunicorn"), "alerta:create_app()", "--preload", f"--workers={WORKERS}"]
        argv += ["--worker-class=gthread", "--threads=4", f"--bind=127.0.0.1:{port}", "--no-control-socket"]
        argv += ["--keep-alive=30", "--log-level=error"]
        environment = {**os.environ, "DATABASE_URL": copied, "AUTH_REQUIRED": "False"}
        environment["ALERTA_SVR_CONF_FILE"] = str(home / "none.conf")
        beside = process_of(database)
        yield stack.enter_context(_running(argv, port, home, "/management/gtg", environment, database=beside))
