"""The live stream as a raw ASGI application: `/live?stream=incident:<id>&kind=incident`, server-sent events.

No database connection and no thread per listener. A client that reconnects (`Last-Event-ID`) gets exactly what it
missed; it never gets what it may not see: asked at connect, on every change of access, and every 30 s.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import SimpleCookie
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest

from tocsin.core.events.read import heads
from tocsin.core.identity import actor_behind
from tocsin.core.live.client import Client, message
from tocsin.core.live.cursor import read_cursor, write_cursor
from tocsin.core.live.tailer import Tailer
from tocsin.core.visibility import visible
from tocsin.kernel.actor import Actor

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BEAT = 15.0
MOST_STREAMS = 50
_HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]

tailer = Tailer()


def who(session: str) -> Actor | None:
    """The person whose session this is, None when it has ended (signed out, password changed, deactivated)."""
    if not session:
        return None
    engine = import_module(settings.SESSION_ENGINE)
    request = HttpRequest()
    request.session = engine.SessionStore(session)
    request.user = get_user(request)
    return actor_behind(request) if request.user.is_authenticated and request.user.is_active else None


async def startup() -> None:
    """Begin to read the log for this process's listeners."""
    await tailer.start(who)


async def shutdown() -> None:
    """Hang up on every listener, so that the server can stop at once."""
    await tailer.stop()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """One connection, from the check of who it is to its end."""
    session = _session(scope)
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    streams = query.get("stream", [])[:MOST_STREAMS]
    actor = await tailer.in_thread(who, session)
    if actor is None:
        await _refuse(send, 401, "Sign in to follow this.")
        return
    if set(streams) - await tailer.in_thread(visible, actor, streams):
        await _refuse(send, 404, "There is no such thing to follow.")
        return
    resumed = read_cursor(_header(scope, b"last-event-id") or query.get("after", [""])[0])
    fresh = await tailer.in_thread(heads, streams)
    positions = {stream: resumed.get(stream, fresh[stream]) for stream in streams}
    client = Client(actor, positions, frozenset(query.get("kind", [])), session)
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await _serve(client, receive, send)


async def _serve(client: Client, receive: Receive, send: Send) -> None:
    watch = asyncio.create_task(_until_disconnect(client, receive))
    client.push(b"retry: 1000\n" + message("hello", {}, write_cursor(client.positions)))
    await tailer.attach(client)
    try:
        while (raw := await _next(client)) is not None:
            await send({"type": "http.response.body", "body": raw, "more_body": True})
    finally:
        tailer.detach(client)
        watch.cancel()
        with contextlib.suppress(Exception):
            await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _next(client: Client) -> bytes | None:
    """The next message, a beat when there is none for 15 s, None at the end."""
    try:
        # Not wait_for, which in Python 3.11 makes a task for each message.
        async with asyncio.timeout(BEAT):
            return await client.queue.get()
    except TimeoutError:
        return b": beat\n\n"


async def _until_disconnect(client: Client, receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    client.hang_up()


async def _refuse(send: Send, status: int, sentence: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": sentence.encode()})


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def _session(scope: Scope) -> str:
    cookie = SimpleCookie(_header(scope, b"cookie"))
    morsel = cookie.get(settings.SESSION_COOKIE_NAME)
    return morsel.value if morsel else ""
