"""One Tocsin, one Chromium and one sign-in for all browser tests.

Hides how the house is started and furnished, and where Chromium is. Pages that it opens collect their own faults:
what the console says, what the content security policy refuses, and what would leave this machine.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.harness.peers import PATIENCE, Mailbox, mail_server, program

sync_api = pytest.importorskip("playwright.sync_api")

ROOT = Path(__file__).parent.parent.parent
AXE = Path(__file__).parent / "vendor/axe/axe.min.js"
CHROMIUM = os.environ.get("TOCSIN_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]
_LISTENS = """
addEventListener('securitypolicyviolation', (e) => console.error('CSP: ' + e.violatedDirective + ' ' + e.blockedURI));
"""

_PROMPT = """
import contextlib, io, json, sys, traceback
import django
django.setup()
for line in sys.stdin:
    printed, fault = io.StringIO(), ""
    with contextlib.redirect_stdout(printed):
        try:
            exec(json.loads(line), {})
        except Exception:
            fault = traceback.format_exc()
    print(json.dumps({"printed": printed.getvalue(), "fault": fault}), flush=True)
"""


@dataclass
class House:
    """A running Tocsin, the names of what is in it, and the mailbox that it sends to."""

    url: str
    environment: dict[str, str]
    mailbox: Mailbox
    values: dict[str, str] = field(default_factory=dict)
    _prompt: "subprocess.Popen[str] | None" = None

    def run(self, *words: str) -> str:
        """What `python WORDS` prints in the environment of this house."""
        done = subprocess.run(
            [sys.executable, *words],
            env={**_clean(), **self.environment},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def script(self, text: str) -> str:
        """What this Python prints, in a process that has Django set up and stays for the next one."""
        if self._prompt is None:
            self._prompt = subprocess.Popen(
                [sys.executable, "-u", "-c", _PROMPT],
                env={**_clean(), **self.environment},
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self._prompt.stdin is not None
        assert self._prompt.stdout is not None
        self._prompt.stdin.write(json.dumps(text) + "\n")
        self._prompt.stdin.flush()
        said = json.loads(self._prompt.stdout.readline())
        assert not said["fault"], said["fault"]
        return str(said["printed"])

    def leave(self) -> None:
        """End what `script` keeps."""
        if self._prompt is not None:
            self._prompt.terminate()
            self._prompt.communicate()


def _clean() -> dict[str, str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("TOCSIN_", "DJANGO_"))}
    return {**clean, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"}


def start(folder: Path, *, furnished: bool) -> Iterator[House]:
    """A `tocsin serve` in an empty home; `furnished` with the demo and one of everything."""
    home = folder / "home"
    home.mkdir()
    with mail_server() as (mailbox, mail_url):
        settings = "tocsin.project.settings"
        environment = {
            "TOCSIN_HOME": str(home),
            "TOCSIN_MAIL_URL": mail_url,
            "TOCSIN_OUTGOING_ALLOW": "127.0.0.0/8",
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": settings,
        }
        house = House("", environment, mailbox)
        demo = "--demo" if furnished else "--no-demo"
        house.run("-m", "tocsin", "migrate", "--prepare", demo)
        if furnished:
            house.values = json.loads(house.run("-m", "tests.browser.furnishing"))
        argv = [sys.executable, "-m", "tocsin", "serve", "--port", "0", "--no-demo"]
        with program(argv, folder / "tocsin.log", **environment) as running:
            assert running.stdout is not None
            ready = re.fullmatch(r"ready (http://localhost:\d+)\n", running.stdout.readline())
            assert ready, (folder / "tocsin.log").read_text()
            house.url = environment["TOCSIN_URL"] = ready[1]
            link = re.search(r"(/sign-in/\S+)", running.stdout.readline())
            assert link
            house.values.setdefault("sign_in", link[1])
            try:
                yield house
            finally:
                house.leave()


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The furnished one, shared by all tests: change nothing that another test looks at."""
    yield from start(tmp_path_factory.mktemp("house"), furnished=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium."""
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        running.close()


def sign_in(browser: Any, house: House) -> dict[str, Any]:
    """What a browser keeps after the one-time link of this house was used."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(house.url + house.values["sign_in"])
    page.locator("main button, form button").first.click()
    page.wait_for_url(lambda url: "/sign-in/" not in url or url.endswith("/password"))
    kept: dict[str, Any] = context.storage_state()
    context.close()
    return kept


@pytest.fixture(scope="session")
def signed_in(browser: Any, house: House) -> dict[str, Any]:
    """The session of Ada, who may do everything."""
    return sign_in(browser, house)


Opens = Callable[..., Any]


@pytest.fixture
def visit(browser: Any, house: House, signed_in: dict[str, Any]) -> Iterator[Opens]:
    """`visit(path, width=1440, theme="light", stranger=False)`: a new page whose `faults` are collected."""
    contexts = []

    def opened(path: str = "", *, width: int = 1440, height: int = 900, stranger: bool = False, **more: Any) -> Any:
        state = None if stranger else signed_in
        context = browser.new_context(viewport={"width": width, "height": height}, storage_state=state, **more)
        contexts.append(context)
        page = watched(context, house)
        if path:
            page.goto(house.url + path)
        return page

    yield opened
    for context in contexts:
        context.close()


def watched(context: Any, house: House) -> Any:
    """A page of the context; `page.faults` grows by what the console says and by requests that leave the host."""
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.faults = []
    page.add_init_script(_LISTENS)
    host = urlsplit(house.url).netloc
    page.on("console", lambda m: page.faults.append(f"{m.type}: {m.text}") if m.type in {"error", "warning"} else None)
    page.on("pageerror", lambda fault: page.faults.append(str(fault)))
    page.on(
        "request", lambda r: page.faults.append(f"asked {r.url}") if urlsplit(r.url).netloc not in ("", host) else 0
    )
    return page
