"""The way to one listener. Written straight into the server's buffer as long as that takes it: no task is woken.

Hides ASGI. A listener that does not read fast enough gets a queue and a task of its own, and is cut off when the queue
is full; it comes back with its cursor.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Generator, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

ROOM_FOR = 500
"""Messages that may wait for a slow listener before it is cut off."""


class Line:
    """One connection. `over` is done when either side has ended it; `wrote_at` is the clock of the last message."""

    __slots__ = ("_listening", "_send", "_waiting", "_writer", "over", "wrote_at")

    def __init__(self, receive: Receive, send: Send) -> None:
        self._send = send
        self._waiting: deque[bytes] | None = None
        self._writer: asyncio.Task[None] | None = None
        self.wrote_at = 0.0
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._listening: asyncio.Future[Message] | None = None
        self._listen(receive)

    def write(self, raw: bytes) -> None:
        """Send it, at once or when its turn comes; nothing once the line is over. Must be called on the event loop."""
        if self.over.done():
            return
        if self._waiting is not None:
            if len(self._waiting) >= ROOM_FOR:
                self.hang_up()
            else:
                self._waiting.append(raw)
            return
        self.wrote_at = time.monotonic()
        try:
            rest = _begun(self._send(_body(raw)))
        except Exception:  # noqa: BLE001 (whatever the server says of a connection that broke, it is over)
            self._end()
            return
        if rest is not None:
            self._waiting = deque()
            self._writer = asyncio.create_task(self._drain(rest))

    def hang_up(self, last: bytes = b"") -> None:
        """End the connection. `last` is the last thing said, unless others wait to be taken: those are dropped."""
        if last and self._waiting is None:
            self.write(last)
        self._end()

    def close(self) -> None:
        """Let go of the server, at the end of the request."""
        self._end()
        if self._listening is not None:
            self._listening.cancel()
            self._listening = None

    def _end(self) -> None:
        if not self.over.done():
            self.over.set_result(None)
        if self._writer is not None:
            self._writer.cancel()

    async def _drain(self, rest: "_Rest") -> None:
        """Wait until the server takes more, and bring it what came meanwhile, as one."""
        waiting = self._waiting
        assert waiting is not None
        try:
            await rest
            while waiting:
                several = b"".join(waiting)
                waiting.clear()
                await self._send(_body(several))
        except Exception:  # noqa: BLE001 (as in `write`)
            self._end()
        self._waiting = self._writer = None

    def _listen(self, receive: Receive) -> None:
        self._listening = asyncio.ensure_future(receive())
        self._listening.add_done_callback(lambda heard: self._heard(heard, receive))

    def _heard(self, heard: "asyncio.Future[Message]", receive: Receive) -> None:
        self._listening = None
        if self.over.done():
            return
        if heard.cancelled() or heard.exception() or heard.result()["type"] == "http.disconnect":
            self._end()
        else:
            self._listen(receive)


class _Rest:
    """What is left of a call that has begun and had to wait."""

    def __init__(self, awaited: object, steps: Generator[Any, Any, None]) -> None:
        self._awaited = awaited
        self._steps = steps

    def __await__(self) -> Generator[Any, Any, None]:
        yield self._awaited
        yield from self._steps


def _begun(call: Awaitable[None]) -> _Rest | None:
    """Run a call as far as it goes without waiting; None when it is done. What a task would do, without the task."""
    steps = call.__await__()
    try:
        return _Rest(next(steps), steps)
    except StopIteration:
        return None


def _body(raw: bytes) -> Message:
    return {"type": "http.response.body", "body": raw, "more_body": True}
