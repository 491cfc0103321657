"""A Twilio of our own, as its documentation describes it: credentials, resources, error bodies, signed callbacks.

Signs by its own reading of the documented algorithm, so that a mistake in ours does not agree with itself.
"""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.http import HttpResponse
from django.test import Client

SID = "AC" + "0123456789abcdef" * 2
TOKEN = "token-of-the-account"
CREDENTIALS = "Basic " + base64.b64encode(f"{SID}:{TOKEN}".encode()).decode()


class FakeTwilio:
    """Keeps what was asked for; `fails` answers instead, `hangs_up` never does."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.fails: tuple[int, dict[str, Any], dict[str, str]] | None = None
        self.hangs_up = False
        self.port = 0

    def answer(self, path: str, credentials: str, form: dict[str, str]) -> tuple[int, dict[str, Any], dict[str, str]]:
        """What the REST API says."""
        if credentials != CREDENTIALS:
            return 401, {"code": 20003, "message": "Authenticate", "status": 401}, {}
        self.asked.append((path, form))
        if self.fails:
            return self.fails
        kind = path.rpartition("/")[2]
        sid = ("SM" if kind == "Messages.json" else "CA") + f"{len(self.asked):032x}"
        return 201, {"sid": sid, "status": "queued", "to": form["To"], "error_code": None}, {}

    def refuses(self, status: int, code: int, **headers: str) -> None:
        """Answer with this error from now on."""
        body = {"code": code, "message": f"Error {code}", "status": status, "more_info": "https://…"}
        self.fails = (status, body, headers)

    def posts(self, url: str, **form: str) -> HttpResponse:
        """Call an address that we were given, signed as Twilio signs; what follows # steers its retries only."""
        whole = url.partition("#")[0]
        return post(whole, form, signed(whole, form))


def signed(url: str, form: dict[str, str]) -> str:
    """The signature of a request, by the documentation's words."""
    content = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(TOKEN.encode(), content.encode(), hashlib.sha1).digest()).decode()


def post(url: str, form: dict[str, str], signature: str | None) -> HttpResponse:
    """A POST of a form at the path of an address of ours."""
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    headers = {} if signature is None else {"X-Twilio-Signature": signature}
    answer: Any = Client().post(
        path, urlencode(form), content_type="application/x-www-form-urlencoded", headers=headers
    )
    return answer  # type: ignore[no-any-return]


@contextmanager
def running() -> Iterator[FakeTwilio]:
    """The fake on a free port of the loopback."""
    fake = FakeTwilio()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            form = {name: values[-1] for name, values in parse_qs(body, keep_blank_values=True).items()}
            status, said, headers = fake.answer(self.path, self.headers.get("Authorization", ""), form)
            if fake.hangs_up:
                self.connection.close()
                return
            content = json.dumps(said).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            """Be quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
