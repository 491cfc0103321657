"""A line writes straight to the server, queues for who reads slowly, and cuts off who does not read at all."""

import asyncio

import pytest

from tocsin.core.live import line as lines
from tocsin.core.live.line import Line

pytestmark = pytest.mark.asyncio


class Server:
    """An ASGI server whose buffer may be full."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.takes = asyncio.Event()
        self.takes.set()
        self.gone = asyncio.Event()
        self.broken = False

    async def send(self, message) -> None:
        if self.broken:
            raise ConnectionError("the peer is gone")
        await self.takes.wait()
        self.written.append(message["body"])

    async def receive(self):
        await self.gone.wait()
        return {"type": "http.disconnect"}


async def quiet() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_what_the_server_takes_at_once_is_written_at_once():
    server = Server()
    line = Line(server.receive, server.send)
    line.write(b"one")
    line.write(b"two")
    assert server.written == [b"one", b"two"]
    line.close()


async def test_what_waits_for_a_slow_reader_comes_later_in_order_and_together():
    server = Server()
    line = Line(server.receive, server.send)
    server.takes.clear()
    for raw in (b"one", b"two", b"three"):
        line.write(raw)
    assert server.written == []
    server.takes.set()
    await quiet()
    line.write(b"four")
    assert server.written == [b"one", b"twothree", b"four"]
    line.close()


async def test_a_reader_for_whom_too_much_waits_is_cut_off_and_gets_nothing_more(monkeypatch):
    monkeypatch.setattr(lines, "ROOM_FOR", 3)
    server = Server()
    line = Line(server.receive, server.send)
    server.takes.clear()
    for _ in range(5):
        line.write(b"x")
    assert line.over.done()
    server.takes.set()
    await quiet()
    assert server.written == []


async def test_the_last_word_is_written_before_the_line_is_over_and_nothing_after_it():
    server = Server()
    line = Line(server.receive, server.send)
    line.hang_up(b"gone")
    line.write(b"a secret")
    await asyncio.wait_for(line.over, 1)
    assert server.written == [b"gone"]


async def test_the_line_is_over_when_the_reader_leaves_or_the_server_fails():
    leaving, failing = Server(), Server()
    left, failed = Line(leaving.receive, leaving.send), Line(failing.receive, failing.send)
    leaving.gone.set()
    await asyncio.wait_for(left.over, 1)
    failing.broken = True
    failed.write(b"x")
    await asyncio.wait_for(failed.over, 1)
    failed.close()
