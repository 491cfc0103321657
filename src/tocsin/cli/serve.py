"""`tocsin serve`: the whole system on one machine, web and engine as children that are kept running.

Hides preparation, port checks and readiness. Never imports Django: it must stay small and outlive everything.
"""

import fcntl
import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO

import click

from tocsin.cli.children import Child, Family
from tocsin.cli.preparation import is_prepared, mark_prepared
from tocsin.project.home import LAST_URL, BadSetting, home, setting

# Longest wait for the first page after preparation; a slow machine needs a tenth of it.
_READY_WITHIN = 60.0
_FAILURES_BEFORE_GIVING_UP = 3


@click.command()
@click.option("--host", envvar="TOCSIN_HOST", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", envvar="TOCSIN_PORT", default=8099, show_default=True, help="Port; 0 takes a free one.")
@click.option("--home", "folder", envvar="TOCSIN_HOME", default="var", show_default=True, help="Folder of its files.")
@click.option("--demo/--no-demo", default=True, help="Load a demo organisation at the first start.")
def serve(host: str, port: int, folder: str, *, demo: bool) -> None:
    """Start everything on this machine and keep it running: prepares the database, then web and engine."""
    try:
        environment, lock = _environment(host, port, folder)
        with lock:
            _prepare(environment, demo=demo)
            sys.exit(_run(host, int(environment["TOCSIN_PORT"]), environment))
    except BadSetting as error:
        raise click.ClickException(str(error)) from error


def _environment(host: str, port: int, folder: str) -> tuple[dict[str, str], IO[str]]:
    """What the children get, and the lock that keeps a second `serve` out of this home."""
    os.environ["TOCSIN_HOME"] = str(Path(folder).absolute())
    try:
        path = home()
        lock = _lock(path)
    except OSError as error:
        mend = "choose another folder with --home"
        raise BadSetting(f"{folder} cannot be written to ({error.strerror}); {mend}.") from error
    chosen = _free_port(host, port)
    environment = dict(os.environ)
    environment["TOCSIN_PORT"] = str(chosen)
    environment.setdefault("DJANGO_SETTINGS_MODULE", "tocsin.project.settings")
    # Links and passkeys belong to one origin; browsers grant passkeys on `localhost`, never on an address.
    if not setting("URL"):
        environment["TOCSIN_URL"] = f"http://localhost:{chosen}"
        # For the commands that print links while the server runs: they are started without this environment.
        (path / LAST_URL).write_text(environment["TOCSIN_URL"], encoding="utf-8")
    return environment, lock


def _lock(path: Path) -> IO[str]:
    file = (path / "serve.lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.seek(0)
        holder = file.read().strip() or "unknown"
        raise BadSetting(
            f"Another `tocsin serve` (process {holder}) is using {path}; stop it, or choose another folder with --home."
        ) from error
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def _free_port(host: str, port: int) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise BadSetting(
                f"Port {port} on {host} cannot be used ({error.strerror}); stop the program that has it, "
                f"or choose another with --port (0 takes a free one)."
            ) from error
        return int(probe.getsockname()[1])


def _prepare(environment: dict[str, str], *, demo: bool) -> None:
    """Run `tocsin migrate --prepare` unless this home was prepared by exactly this version."""
    path = Path(environment["TOCSIN_HOME"])
    if is_prepared(path):
        return
    argv = [*_tocsin(), "migrate", "--prepare", "--demo" if demo else "--no-demo"]
    if subprocess.run(argv, env=environment, check=False).returncode:
        raise BadSetting("Tocsin could not prepare its database; the reason is above.")
    mark_prepared(path)


def _tocsin() -> list[str]:
    return [sys.executable, "-m", "tocsin"]


def _run(host: str, port: int, environment: dict[str, str]) -> int:
    link = _empty_file(Path(environment["TOCSIN_HOME"]))
    address = ["--host", host, "--port", str(port)]
    children = [
        Child("web", [*_tocsin(), "web", "--embedded", *address, "--link-file", str(link)]),
        Child("engine", [*_tocsin(), "engine"]),
    ]
    with Family(children, environment) as family:
        try:
            if not _wait_until_ready(family, host, port):
                return 1
            sign_in = link.read_text(encoding="utf-8")
        finally:
            link.unlink()
        print(f"ready {setting('URL') or environment['TOCSIN_URL']}", flush=True)
        print(f"sign in once with {sign_in}", flush=True)
        while family.watch(3600.0) is None:
            pass
    return 0


def _empty_file(folder: Path) -> Path:
    """A file that only this account can read, where web leaves the sign-in link."""
    number, name = tempfile.mkstemp(prefix="link-", dir=folder)
    os.close(number)
    return Path(name)


def _wait_until_ready(family: Family, host: str, port: int) -> bool:
    """True once web answers; False when told to stop or when web cannot be started (said on stderr)."""
    until = time.monotonic() + _READY_WITHIN
    while time.monotonic() < until:
        if family.watch(0.05) is not None:
            return False
        if family.failures("web") >= _FAILURES_BEFORE_GIVING_UP:
            print("Web could not be started; the reason is above.", file=sys.stderr)
            return False
        if _answers(host, port):
            return True
    print(f"Web did not answer within {_READY_WITHIN:g} s; the reason may be above.", file=sys.stderr)
    return False


def _answers(host: str, port: int) -> bool:
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (names the wildcard, binds nothing)
    connection = http.client.HTTPConnection(target, port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
