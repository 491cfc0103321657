"""Real programs of other projects around a real `tocsin serve`: each on a free port, each dead with its test.

Hides starting, waiting and stopping. Never sleeps a fixed time: everything is asked again until it holds, with
limits made for a busy machine.
"""

import ctypes
import email
import email.policy
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

from aiosmtpd.controller import Controller

PATIENCE = 180.0
"""Seconds after which something never happens; a quiet machine needs a tenth."""
MATEO = "mateo@example.org"
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)
T = TypeVar("T")


def until(ask: Callable[[], T], what: str, seconds: float = PATIENCE) -> T:
    """The first answer that is true. Fails with `what` after `seconds`."""
    end = time.monotonic() + seconds
    while not (answer := ask()):
        assert time.monotonic() < end, f"{what} did not happen within {seconds:g} s"
        time.sleep(0.1)
    return answer


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(url: str, form: dict[str, str] | None = None) -> str:
    """The body behind an address, following redirects; with a form, what a press of its button gives."""
    body = urllib.parse.urlencode(form).encode() if form is not None else None
    with urllib.request.urlopen(url.replace("//localhost:", "//127.0.0.1:"), data=body, timeout=30) as answer:
        return str(answer.read().decode())


def answers(url: str) -> bool:
    """Whether it answers with 200."""
    try:
        ask(url)
    except (OSError, http.client.HTTPException):
        return False
    return True


def dies_with_us(by: signal.Signals = signal.SIGTERM) -> None:
    """Called in a child: it ends when its parent does, however that ends."""
    _libc.prctl(_PR_SET_PDEATHSIG, by)


@contextmanager
def program(argv: list[str], log: Path, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A running program; ends with the block, or with us. What it says on stderr goes to `log`."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("TOCSIN_", "DJANGO_"))}
    with log.open("w", encoding="utf-8") as said:
        running = subprocess.Popen(
            argv,
            env={**clean, **environment},
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            cwd=log.parent,
            preexec_fn=dies_with_us,
        )
        try:
            yield running
        finally:
            running.terminate()
            try:
                running.communicate(timeout=20)
            except subprocess.TimeoutExpired:
                running.kill()
                running.communicate()


class Mailbox:
    """A real mail server that keeps what it gets, and when."""

    def __init__(self) -> None:
        self.mails: list[tuple[float, EmailMessage]] = []

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:
        """Called by aiosmtpd for each mail."""
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(letter, EmailMessage)
        self.mails.append((time.monotonic(), letter))
        return "250 kept"

    def about(self, words: str) -> list[tuple[float, EmailMessage]]:
        """Mails to Mateo whose subject contains these words, oldest first."""
        found = [(at, letter) for at, letter in list(self.mails) if MATEO in str(letter["to"])]
        return [(at, letter) for at, letter in found if words in str(letter["subject"])]

    def wait_for(self, words: str) -> tuple[float, EmailMessage]:
        """When the first such mail came, and the mail."""
        return until(lambda: self.about(words), f"a mail about '{words}'")[0]


def link_in(letter: EmailMessage) -> str:
    """The address in a page by mail."""
    body = letter.get_body(("plain",))
    assert body is not None
    found = re.search(r"http://\S+/p/[\w-]+", body.get_content())
    assert found, body.get_content()
    return found[0]


@contextmanager
def mail_server() -> Iterator[tuple[Mailbox, str]]:
    """A mailbox, and the setting that makes Tocsin send there."""
    mailbox, port = Mailbox(), free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, ready_timeout=30)
    controller.start()
    try:
        yield mailbox, f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()


@dataclass
class Tocsin:
    """A running Tocsin, fresh from its installation, with Mateo as a further administrator."""

    url: str
    environment: dict[str, str]
    mailbox: Mailbox
    folder: Path
    mail_proxy: Any = None
    """What stands before the mail server, if anything does."""
    pid: int = 0
    """The process that started all the others."""

    def cli(self, *words: str) -> str:
        """What `tocsin WORDS` prints; fails when it ends badly."""
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("TOCSIN_", "DJANGO_"))}
        done = subprocess.run(
            [sys.executable, "-m", "tocsin", *words],
            env={**clean, **self.environment},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def connect(self, kind: str) -> tuple[str, str]:
        """Address and key of a new integration."""
        said = re.fullmatch(r"url (\S+)\nkey (\S+)\n", self.cli("integration", "add", kind))
        assert said
        url, key = said[1], said[2]
        until(lambda: answers(f"{self.url}/in/{key}/api/v2/status"), "the door knowing its new key")
        return url.replace("//localhost:", "//127.0.0.1:"), key

    def log(self) -> list[str]:
        """Types of all events, oldest first, as an auditor exports them."""
        rows = [json.loads(line) for line in self.cli("log", "export").splitlines()]
        return [row["type"] for row in rows if "type" in row]


@contextmanager
def tocsin(
    folder: Path, *, database: str = "", before_mail: Callable[[int], AbstractContextManager[Any]] | None = None
) -> Iterator[Tocsin]:
    """`tocsin serve` in an empty home, sending mail to a mailbox of its own, through `before_mail` where given."""
    home = folder / "home"
    home.mkdir()
    with mail_server() as (mailbox, mail_url), ExitStack() as stack:
        proxy = stack.enter_context(before_mail(int(mail_url.rpartition(":")[2]))) if before_mail else None
        if proxy is not None:
            mail_url = f"smtp://127.0.0.1:{proxy.port}"
        environment = {"TOCSIN_HOME": str(home), "TOCSIN_MAIL_URL": mail_url, "PYTHONUNBUFFERED": "1"}
        if database:
            environment["TOCSIN_DATABASE_URL"] = database
        argv = [sys.executable, "-m", "tocsin", "serve", "--port", "0", "--no-demo"]
        with program(argv, folder / "tocsin.log", **environment) as running:
            assert running.stdout is not None
            first = running.stdout.readline()
            ready = re.fullmatch(r"ready (http://localhost:\d+)\n", first)
            assert ready, first + (folder / "tocsin.log").read_text()
            environment["TOCSIN_URL"] = ready[1]
            system = Tocsin(
                ready[1].replace("localhost", "127.0.0.1"), environment, mailbox, folder, proxy, running.pid
            )
            system.cli("user", "add", MATEO, "--name", "Mateo", "--role", "administrator")
            yield system


class Shop:
    """A small process that is watched: it says how many errors it has, and breaks on command."""

    broken = False

    def metrics(self) -> bytes:
        """What Prometheus reads."""
        return b"# TYPE shop_errors gauge\nshop_errors %d\n" % (1 if self.broken else 0)


@contextmanager
def shop() -> Iterator[tuple[Shop, int]]:
    """The shop and its port."""
    what = Shop()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = what.metrics()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing: the test says enough."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield what, server.server_port
    finally:
        server.shutdown()
        server.server_close()


_PROMETHEUS = """
global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}}
rule_files: [rules.yml]
scrape_configs:
  - job_name: shop
    static_configs: [{{targets: ["127.0.0.1:{shop}"]}}]
alerting:
  alertmanagers:
    - path_prefix: {prefix}
      static_configs: [{{targets: ["{tocsin}"]}}]
"""
_RULES = """
groups:
  - name: shop
    rules:
      - alert: HighErrors
        expr: shop_errors > 0
        labels: {severity: critical}
        annotations: {summary: The shop answers with errors}
"""


@contextmanager
def prometheus(folder: Path, *, shop_port: int, send_to: str) -> Iterator[str]:
    """Debian's Prometheus, watching the shop every second and sending alerts to `send_to`; yields its address."""
    there = urllib.parse.urlsplit(send_to)
    own = folder / "prometheus"
    own.mkdir()
    (own / "prometheus.yml").write_text(_PROMETHEUS.format(shop=shop_port, prefix=there.path, tocsin=there.netloc))
    (own / "rules.yml").write_text(_RULES)
    port = free_port()
    argv = [
        "prometheus",
        f"--config.file={own / 'prometheus.yml'}",
        f"--storage.tsdb.path={own / 'store'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--rules.alert.resend-delay=1s",
    ]
    url = f"http://127.0.0.1:{port}"
    with program(argv, own / "log"):
        until(lambda: answers(f"{url}/-/ready"), "Prometheus being ready")
        query = f"{url}/api/v1/query?query=shop_errors"
        until(lambda: json.loads(ask(query))["data"]["result"], "the first look at the shop")
        yield url


_ALERTMANAGER = """
route: {{receiver: tocsin, group_wait: 1s, group_interval: 1s, repeat_interval: 1h}}
receivers:
  - name: tocsin
    webhook_configs: [{{url: "{url}", send_resolved: true}}]
"""


@contextmanager
def alertmanager(folder: Path, *, send_to: str) -> Iterator[str]:
    """Debian's Alertmanager with Tocsin as its webhook receiver; yields its address."""
    own = folder / "alertmanager"
    own.mkdir()
    (own / "alertmanager.yml").write_text(_ALERTMANAGER.format(url=send_to))
    port = free_port()
    argv = [
        "prometheus-alertmanager",
        f"--config.file={own / 'alertmanager.yml'}",
        f"--storage.path={own / 'store'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    ]
    url = f"http://127.0.0.1:{port}"
    with program(argv, own / "log"):
        until(lambda: answers(f"{url}/-/ready"), "Alertmanager being ready")
        yield url


def amtool(url: str, *words: str) -> str:
    """What `amtool` prints about this Alertmanager."""
    done = subprocess.run(
        ["amtool", f"--alertmanager.url={url}", *words], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
