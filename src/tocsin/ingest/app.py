"""The door for alerts: a raw ASGI application in front of Django. It finds the source of a path, the integration
of a key, lets the source read the bytes, and answers once the alerts are durable.

Knows no vendor: sources come from the registry of the alerts room. Never touches the store in the event loop.
"""

import asyncio
import contextlib
from base64 import b64decode
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from functools import lru_cache
from typing import Any

import structlog
from asgiref.sync import sync_to_async
from django.db import DatabaseError, close_old_connections
from prometheus_client import Counter

from tocsin.core.work import wake_engine
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.alerts import commands, queries
from tocsin.domain.alerts.ports import Accepted, Answer, Call, Received, Source, accepted
from tocsin.ingest.keys import Keys
from tocsin.ingest.paths import KEYED, Paths
from tocsin.ingest.writer import Full, StoreUnwell, Writer
from tocsin.kernel.actor import Actor, Role, system
from tocsin.kernel.errors import Refused

log = structlog.get_logger()

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_BIG = 256 * 1024
"""Bodies above this are decoded in a thread, so that they do not hold up everybody's answers."""
_RETRY = (b"retry-after", b"1")
_requests = Counter("tocsin_ingest_requests", "Requests at the door for alerts.", ["source", "status"])
_ME = system("ingest")
_NO_KEY = "No key: use the address that Tocsin shows for the integration, or send its key as a bearer token."
_UNKNOWN = "No integration has this key; copy the address or key from Tocsin's list of integrations."
_NO_FORMAT = Answer(404, b'{"error":"No format of alerts has this address."}')
_AWAY = "The store is not well; the alerts were not accepted. Try again in a moment."


@lru_cache(maxsize=256)
def _counted(source: str, status: int) -> Counter:
    return _requests.labels(source, str(status))


class _Refusal(Exception):
    """A request that cannot be taken, such as one without the key of an integration."""

    def __init__(self, status: int, sentence: str) -> None:
        self.status, self.sentence = status, sentence


def _accept(rows: Sequence[Accepted]) -> None:
    commands.accept(_ME, rows=rows)


def _bury(row: Accepted, error: str) -> None:
    commands.bury_accepted(_ME, row=row, error=error)


_writer = Writer(accept=_accept, bury=_bury, ring=wake_engine)
_keys = Keys(lambda: queries.doors(_ME))
_paths = Paths()


async def startup() -> None:
    """Start the writer and the key table."""
    _writer.start()
    await _keys.start()


async def shutdown() -> None:
    """Write what is pending, stop both."""
    await _writer.stop()
    await _keys.stop()


def handles(path: str, method: str) -> bool:
    """True for a path that a source answers."""
    return path.startswith(KEYED) or _paths.source(path) is not None


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request. Whatever the bytes are, the answer is one of the format's own, never a crash."""
    key, path = _paths.split(scope["path"])
    source = _paths.source(path, keyed=bool(key))
    if source is None:
        await _send(send, _NO_FORMAT)
        return
    answer = await _answer(source, key, path, scope, receive)
    _counted(source.name, answer.status).inc()
    await _send(send, answer)


async def _answer(source: Source, key: str, path: str, scope: Scope, receive: Receive) -> Answer:
    headers: dict[bytes, bytes] = dict(scope["headers"])
    try:
        body = await _body(receive, headers, source.largest)
        if body is None:
            return source.refuse(413, f"The body is too large; at most {source.largest // 1024} KiB are taken.")
        in_address = bool(key)
        key = key or _credentials(headers)
        door = await _keys.find(key)
        if in_address and door is None:
            raise _Refusal(404, _UNKNOWN)
        call = Call(
            method=scope["method"],
            path=path,
            body=body,
            headers=headers,
            query=scope["query_string"].decode("latin-1"),
            integration=door.integration_id if door else "",
        )
        asks = getattr(source, "asks", None)
        if asks is not None and asks(call):
            return await _ask(source, call, key)
        return await _take(source, call, key)
    except _Refusal as refusal:
        return source.refuse(refusal.status, refusal.sentence)
    except (StoreUnwell, DatabaseError):
        return source.refuse(503, _AWAY)
    except Full:
        return source.refuse(503, "Too many alerts are waiting to be stored; try again in a moment.")


async def _take(source: Source, call: Call, key: str) -> Answer:
    """Let the source read the bytes, store what they hold, then give its answer."""
    received = await asyncio.to_thread(source.receive, call) if len(call.body) > _BIG else source.receive(call)
    if isinstance(received, Answer):
        return received
    rows = await _rows(source, call, key, received)
    if rows:
        await _writer.store(rows)
    return received.answer


async def _rows(source: Source, call: Call, key: str, received: Received) -> list[Accepted]:
    rows: list[Accepted] = []
    for item in received.items:
        integration = call.integration
        if not integration:
            if not item.routing_key:
                raise _Refusal(401, _UNKNOWN if key else _NO_KEY)
            door = await _keys.find(item.routing_key)
            if door is None:
                raise _Refusal(404, _UNKNOWN)
            integration = door.integration_id
        rows.append(accepted(integration, source.name, item.name, item.raw))
    return rows


async def _ask(source: Any, call: Call, key: str) -> Answer:
    """Answer a question from the store, in a thread, as the integration or as the person behind an API token."""
    actor = await _actor(call, key)
    try:
        answer: Answer = await _in_thread(source.answer, actor, call)
    except Refused as refusal:
        answer = source.refuse(refusal.status, refusal.sentence)
    return answer


async def _in_thread(function: Callable[..., Any], *args: Any) -> Any:
    def run() -> Any:
        close_old_connections()
        return function(*args)

    return await sync_to_async(run, thread_sensitive=True)()


async def _actor(call: Call, key: str) -> Actor:
    if call.integration:
        roles = frozenset({Role.RESPONDER})
        return Actor(id=f"integration:{call.integration}", name="amtool", roles=roles)
    if not key:
        raise _Refusal(401, _NO_KEY)
    actor: Actor | None = await _in_thread(accounts.token_actor, key)
    if actor is None:
        raise _Refusal(401, _UNKNOWN)
    return actor


def _credentials(headers: Mapping[bytes, bytes]) -> str:
    """The key in the Authorization header: a bearer token, or the password (else the user) of basic."""
    scheme, _, value = headers.get(b"authorization", b"").partition(b" ")
    text = value.strip().decode("latin-1")
    if scheme.lower() == b"basic":
        with contextlib.suppress(ValueError):
            user, _, password = b64decode(text, validate=True).decode("latin-1").partition(":")
            return password or user
        return ""
    return text if scheme else ""


async def _body(receive: Receive, headers: Mapping[bytes, bytes], largest: int) -> bytes | None:
    """The whole body; None when it is larger than `largest`."""
    length = headers.get(b"content-length", b"")
    if length.isdigit() and int(length) > largest:
        return None
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Refusal(400, "The connection ended in the middle of the body.")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > largest:
            return None
        if not message.get("more_body"):
            return parts[0] if len(parts) == 1 else b"".join(parts)


async def _send(send: Send, answer: Answer) -> None:
    await send(_start(answer.status, answer.content_type, len(answer.body)))
    await send({"type": "http.response.body", "body": answer.body})


@lru_cache(maxsize=256)
def _start(status: int, content_type: str, length: int) -> Message:
    headers = [(b"content-type", content_type.encode()), (b"content-length", str(length).encode())]
    if status in (429, 503):
        headers.append(_RETRY)
    return {"type": "http.response.start", "status": status, "headers": headers}
