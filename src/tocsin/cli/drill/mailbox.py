"""The practice mailbox: a small SMTP server on this machine that keeps every mail and passes none on.

Speaks what any mail program needs (RFC 5321: EHLO, MAIL, RCPT, DATA, RSET, NOOP, QUIT). Listens on loopback only.
"""

import re
import socketserver
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy

from tocsin.kernel.clock import now

_LARGEST = 1024 * 1024
_LINK = re.compile(r"https?://\S+/p/[\w-]+")


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail that arrived."""

    to: str
    subject: str
    text: str
    at: datetime

    @property
    def link(self) -> str:
        """The link of a page in it; empty when there is none."""
        found = _LINK.search(self.text)
        return found[0] if found else ""


class Mailbox:
    """Open between `open` and `close`; `mails` grows."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self._arrived = threading.Condition()
        box = self

        class Talk(_Talk):
            def keep(self, to: str, raw: bytes) -> None:
                box.add(to, raw)

        self._server = _Server(("127.0.0.1", 0), Talk)
        self.port = int(self._server.server_address[1])

    def open(self) -> None:
        """Listen."""
        threading.Thread(target=self._server.serve_forever, name="mailbox", daemon=True).start()

    def close(self) -> None:
        """Stop listening; what arrived is forgotten with the player."""
        self._server.shutdown()
        self._server.server_close()

    def add(self, to: str, raw: bytes) -> None:
        """A mail has arrived."""
        mail = message_from_bytes(raw, policy=policy.default)
        body = mail.get_body(preferencelist=("plain", "html"))
        text = body.get_content() if body is not None else ""
        with self._arrived:
            self.mails.append(Mail(to, str(mail["Subject"] or ""), text, now()))
            self._arrived.notify_all()

    def find(self, wanted: Callable[[Mail], bool]) -> Mail | None:
        """The newest mail that is wanted."""
        with self._arrived:
            return next((mail for mail in reversed(self.mails) if wanted(mail)), None)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class _Talk(socketserver.StreamRequestHandler):
    """One conversation."""

    timeout = 30

    def keep(self, to: str, raw: bytes) -> None:
        """What to do with a whole mail."""
        raise NotImplementedError

    def handle(self) -> None:
        """Answer line by line until QUIT or silence."""
        self._to: list[str] = []
        self._say("220 practice mailbox")
        while line := self.rfile.readline(4096):
            verb = line[:4].upper().rstrip()
            if verb == b"QUIT":
                self._say("221 bye")
                return
            self._answer(verb, line.decode("utf-8", "replace"))

    def _answer(self, verb: bytes, line: str) -> None:
        if verb == b"EHLO":
            self._say("250-practice mailbox", f"250-SIZE {_LARGEST}", "250-8BITMIME", "250 SMTPUTF8")
        elif verb == b"RCPT":
            found = re.search(r"<([^>]*)>", line)
            self._to.append(found[1] if found else "")
            self._say("250 kept here")
        elif verb == b"DATA":
            self._data()
        elif verb in (b"HELO", b"MAIL", b"RSET", b"NOOP"):
            if verb in (b"MAIL", b"RSET"):
                self._to = []
            self._say("250 ok")
        else:
            self._say("502 not known here")

    def _data(self) -> None:
        if not self._to:
            self._say("503 for whom?")
            return
        self._say("354 go on")
        raw = bytearray()
        while (line := self.rfile.readline(65536)) and line.rstrip(b"\r\n") != b".":
            raw += line[1:] if line.startswith(b"..") else line
            if len(raw) > _LARGEST:
                self._say("552 too large")
                return
        for to in self._to:
            self.keep(to, bytes(raw))
        self._say("250 kept")

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())
