"""`tocsin web` and `tocsin ingest`: Granian in front of the applications of `tocsin.project`.

Hides Granian's settings. Never imports Django itself: only Granian's workers do, after they are started.
"""

import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.log import LogLevels

from tocsin.cli.children import die_with_parent
from tocsin.cli.garbage import spare_what_stays
from tocsin.cli.logs import server_logging

# Open streams end only when they are cut: without a limit a stop would wait for the last reader to leave.
_KILL_AFTER_SECONDS = 5
# Each live stream occupies one place; Granian's default closes the door near 1,000, the goal is 5,000.
_OPEN_REQUESTS = 8192
# Threads of a page worker: each holds a database connection, and PostgreSQL gives 100 in all.
_PAGE_THREADS = 8

_host = click.option(
    "--host", envvar="TOCSIN_HOST", default="127.0.0.1", show_default=True, help="Address to listen on."
)
_port = click.option("--port", envvar="TOCSIN_PORT", default=8099, show_default=True, help="Port to listen on.")


@click.command()
@_host
@_port
@click.option("--workers", default=2, show_default=True, help="Processes that serve pages.")
@click.option("--embedded", is_flag=True, hidden=True, help="One process for pages, intake and live streams.")
@click.option("--link-file", default="", hidden=True, help="An empty file that awaits a sign-in link.")
def web(host: str, port: int, workers: int, *, embedded: bool, link_file: str) -> None:
    """Serve the pages with several worker processes (production; alert intake is `tocsin ingest`)."""
    if embedded:
        _serve("tocsin.project.asgi:application", host, port, interface=Interfaces.ASGI, link_file=link_file)
    else:
        _serve("tocsin.project.wsgi:application", host, port, interface=Interfaces.WSGI, workers=workers)


@click.command()
@_host
@_port
def ingest(host: str, port: int) -> None:
    """Serve alert intake and live streams on a port of their own (production)."""
    _serve("tocsin.project.asgi:intake", host, port, interface=Interfaces.ASGI)


def _serve(target: str, host: str, port: int, *, interface: Interfaces, workers: int = 1, link_file: str = "") -> None:
    more: dict[str, Any] = {"blocking_threads": _PAGE_THREADS}
    if interface is Interfaces.ASGI:
        more = {"backpressure": _OPEN_REQUESTS, "loop": Loops.uvloop}
    Granian(
        target,
        address=host,
        port=port,
        interface=interface,
        workers=workers,
        backlog=2048,
        # There is no TLS here, so no browser asks for HTTP/2; to be ready for it costs 12 KiB for each connection.
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.warning,
        log_dictconfig=server_logging("web"),
        respawn_failed_workers=workers > 1,
        workers_kill_timeout=_KILL_AFTER_SECONDS,
        process_name=f"tocsin {target.rpartition('.')[2]}",
        **more,
    ).serve(target_loader=_Loader(os.getpid(), link_file), wrap_loader=True)


class _Loader:
    """Loads the application in a worker, which then dies with Granian's own process, however that ends."""

    def __init__(self, parent: int, link_file: str) -> None:
        self._parent = parent
        self._link_file = link_file

    def __call__(self, target: str) -> Callable[..., Any]:
        die_with_parent(self._parent)
        module, _, name = target.partition(":")
        application: Callable[..., Any] = getattr(import_module(module), name)
        if self._link_file:
            _leave_link(Path(self._link_file))
        spare_what_stays()
        return application


def _leave_link(file: Path) -> None:
    """Write a sign-in link into `file`, if somebody still waits for it there.

    This process has Django ready; another one just for the link would add its start to everybody's.
    """
    if file.exists():
        file.write_text(import_module("tocsin.cli.people").first_link(), encoding="utf-8")
