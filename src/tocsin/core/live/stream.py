"""The live stream as a raw ASGI application: `/live?stream=incident:<id>&kind=incident`, server-sent events.

No database connection and no thread per listener. A client that reconnects (`Last-Event-ID`) gets exactly what it
missed; it never gets what it may not see: asked at connect, on every change of access, and every 30 s.
"""

import contextlib
from collections.abc import Collection, Mapping
from http.cookies import SimpleCookie
from urllib.parse import parse_qs

from django.conf import settings

from tocsin.core.identity import actors_behind
from tocsin.core.live.client import Client, message
from tocsin.core.live.cursor import read_cursor, write_cursor
from tocsin.core.live.line import Line, Message, Receive, Send
from tocsin.core.live.tailer import Tailer
from tocsin.kernel.actor import Actor

MOST_STREAMS = 50
_HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]

tailer = Tailer()


def who(sessions: Collection[str]) -> Mapping[str, Actor]:
    """The people behind those of the sessions that have not ended (signed out, password changed, deactivated)."""
    return actors_behind(sessions)


async def startup() -> None:
    """Begin to read the log for this process's listeners."""
    await tailer.start(who)


async def shutdown() -> None:
    """Hang up on every listener, so that the server can stop at once."""
    await tailer.stop()


async def application(scope: Message, receive: Receive, send: Send) -> None:
    """One connection, from the check of who it is to its end."""
    session = _session(scope)
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    streams = tuple(dict.fromkeys(query.get("stream", [])[:MOST_STREAMS]))
    answer = await tailer.admit(session, streams)
    if answer.actor is None:
        await _refuse(send, 401, "Sign in to follow this.")
        return
    if not answer.allowed:
        await _refuse(send, 404, "There is no such thing to follow.")
        return
    resumed = read_cursor(_header(scope, b"last-event-id") or query.get("after", [""])[0])
    positions = {stream: resumed.get(stream, answer.heads[stream]) for stream in streams}
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    line = Line(receive, send)
    client = Client(answer.actor, positions, frozenset(query.get("kind", [])), line, session, answer.at)
    line.write(b"retry: 1000\n" + message("hello", {}, write_cursor(positions)))
    try:
        await tailer.attach(client, answer.heads)
        await line.over
    finally:
        tailer.detach(client)
        line.close()
        with contextlib.suppress(Exception):
            await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _refuse(send: Send, status: int, sentence: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": sentence.encode()})


def _header(scope: Message, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def _session(scope: Message) -> str:
    cookie = SimpleCookie(_header(scope, b"cookie"))
    morsel = cookie.get(settings.SESSION_COOKIE_NAME)
    return morsel.value if morsel else ""
