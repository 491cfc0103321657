"""The world outside of Tocsin: a mail server and a webhook receiver, in a process that no kill of an engine touches.

Both write down what came before they answer, one line of JSON each, so that an answer never says more than happened.

    python -m tests.harness.outside FILE MAIL_PORT WEB_PORT
"""

import asyncio
import email
import email.policy
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import IO, Any

from aiosmtpd.smtp import SMTP

from tests.harness import peers

_LINK = re.compile(r"http\S+/p/[\w-]+")


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message that reached somebody. `delivery` is the ledger's id of it; `at` is of the monotonic clock."""

    at: float
    way: str
    person: str
    delivery: str
    link: str
    text: str


class _Notes:
    """The file, and how mails and posts are read."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def keep(self, way: str, person: str, delivery: str, link: str, text: str) -> None:
        line = {"at": time.monotonic(), "way": way, "person": person, "delivery": delivery, "link": link, "text": text}
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:
        """Called by aiosmtpd for each mail."""
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(letter, EmailMessage)
        part = letter.get_body(("plain",))
        text = f"{letter['subject']}\n{part.get_content() if part else ''}"
        found = _LINK.search(text)
        person = str(letter["to"]).partition("@")[0]
        self.keep(
            "mail", person, str(letter["message-id"]).strip(" <").partition(".")[0], found[0] if found else "", text
        )
        return "250 kept"

    async def post(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One webhook; the path names whose it is."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            fields = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in head.split("\r\n")[1:])}
            body = json.loads(await reader.readexactly(int(fields["content-length"])))["data"]
            person = head.split()[1].strip("/")
            text = f"{body['title']}\n{body['text']}"
            self.keep("webhook", person, fields["webhook-id"].removeprefix("msg_"), body["url"], text)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # whoever sent it was killed in the middle: nothing came
        finally:
            writer.close()


async def _serve(file: IO[str], mail_port: int, web_port: int) -> None:
    notes, loop = _Notes(file), asyncio.get_running_loop()
    await loop.create_server(lambda: SMTP(notes, hostname="outside", loop=loop), "127.0.0.1", mail_port)
    await asyncio.start_server(notes.post, "127.0.0.1", web_port)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


@dataclass
class Outside:
    """The running world outside, as the harness sees it: its ports, and what came."""

    file: Path
    mail_port: int
    web_port: int
    _read: int = 0
    all: list[Arrival] = field(default_factory=list)

    def news(self) -> list[Arrival]:
        """What came since the last call."""
        with self.file.open(encoding="utf-8") as kept:
            kept.seek(self._read)
            text = kept.read()
        whole = text[: text.rfind("\n") + 1]
        self._read += len(whole.encode())
        fresh = [Arrival(**json.loads(line)) for line in whole.splitlines()]
        self.all += fresh
        return fresh


@contextmanager
def outside(file: Path, mail_port: int, web_port: int) -> Iterator[Outside]:
    """The world outside for the length of the block; it ends with us, however we end."""
    file.touch()
    argv = [sys.executable, "-m", "tests.harness.outside", str(file), str(mail_port), str(web_port)]
    running = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, preexec_fn=peers.dies_with_us)
    try:
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n", "the world outside did not come up"
        yield Outside(file, mail_port, web_port)
    finally:
        running.kill()
        running.communicate()


if __name__ == "__main__":
    with Path(sys.argv[1]).open("a", encoding="utf-8") as noted:
        asyncio.run(_serve(noted, int(sys.argv[2]), int(sys.argv[3])))
