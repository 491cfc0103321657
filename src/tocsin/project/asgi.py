"""ASGI wiring: alert intake, live streams and the public page answered raw, everything else by Django.

Hides which application answers which path, and their start and stop. Never looks into a request beyond its
method and path.
"""

import asyncio
import os
import signal
import threading
import warnings
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.core.asgi import get_asgi_application

from tocsin.cli.logs import configure_logs

configure_logs("web")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tocsin.project.settings")
# Static files are read in one go, off the event loop: they are small, and a balancer's cache asks once.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
_pages = get_asgi_application()

# Rooms can be imported only once Django is ready, which the call above made it.
from tocsin.core import live  # noqa: E402
from tocsin.ingest import app as intake_door  # noqa: E402
from tocsin.project import public_page  # noqa: E402
from tocsin.project.own_health import HEALTH, METRICS, health, metrics  # noqa: E402

_LIVE = "/live"
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Everything in one process: what `tocsin serve` runs."""
    if scope["type"] == "http" and await public_page.quick(scope, send):
        return
    if not await _raw(scope, receive, send):
        await _pages(scope, receive, send)  # type: ignore[arg-type]


async def intake(scope: Scope, receive: Receive, send: Send) -> None:
    """Alert intake, live streams and the public page alone: what `tocsin ingest` runs. Any other path is 404."""
    if not await _raw(scope, receive, send):
        await send({"type": "http.response.start", "status": 404, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": b"This port takes alerts and live streams only.\n"})


async def _raw(scope: Scope, receive: Receive, send: Send) -> bool:
    """Answer what does not need Django's handler; False when it does."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return True
    path: str = scope["path"]
    if public_page.handles(path):
        await public_page.application(scope, receive, send)
    elif intake_door.handles(path, scope["method"]):
        await intake_door.application(scope, receive, send)
    elif path == _LIVE:
        await live.application(scope, receive, send)
    elif path == HEALTH:
        await health(scope, receive, send)
    elif path == METRICS:
        await metrics(scope, receive, send)
    else:
        return False
    return True


async def _lifespan(receive: Receive, send: Send) -> None:
    """Start the intake's writer, the live tailer and the page's keeper with the process; stop them before it ends."""
    parts = (intake_door, live, public_page)
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            for part in parts:
                await part.startup()
            _hang_up_when_told_to_stop()
            await send({"type": "lifespan.startup.complete"})
        else:
            for part in reversed(parts):
                await part.shutdown()
            await send({"type": "lifespan.shutdown.complete"})
            return


def _hang_up_when_told_to_stop() -> None:
    """Cut the live streams as soon as a stop is asked for.

    The server tells of its shutdown only after the last open answer, and a stream has no end of its own. Its own
    handlers stay: they hang on asyncio's wake-up descriptor, which is written whatever stands here.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    cutting: list[asyncio.Task[None]] = []

    def cut(_number: int, _frame: object) -> None:
        loop.call_soon_threadsafe(lambda: cutting.append(loop.create_task(live.shutdown())))

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, cut)
