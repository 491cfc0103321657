"""The page in Chromium, from a plain file server: from right to left, on a phone, nothing from elsewhere."""

import os
import re
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tocsin.domain.statuspage.folder import write
from tocsin.domain.statuspage.tests.conftest import SYSTEM, Shop
from tocsin.domain.statuspage.tests.test_languages import filled, hebrew

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = os.environ.get("TOCSIN_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
]
LONG = "Ratenzahlungsvereinbarungsbestätigungsdienst" * 2
__all__ = ["hebrew"]


class Quiet(SimpleHTTPRequestHandler):
    """Python's own file server, without its log."""

    def log_message(self, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "out")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_no_page_scrolls_sideways_or_asks_another_host_in_either_direction(
    shop: Shop, hebrew: None, tmp_path: Path, address: str
) -> None:
    filled(shop, "en", "he")
    shop.broken(title=LONG, body=f"{LONG}\n\n- {LONG}")
    write(SYSTEM, tmp_path / "out")
    pages = sorted(str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*.html"))
    faults: list[str] = []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for width in (320, 360, 1440):
            context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=True)
            page = context.new_page()
            page.on("request", lambda r: None if r.url.startswith(address) else faults.append(f"asks {r.url}"))
            page.on("response", lambda r: None if r.status < 400 else faults.append(f"{r.status} {r.url}"))
            for path in pages:
                page.goto(f"{address}/{re.sub('index.html$', '', path)}")
                if page.evaluate("document.documentElement.scrollWidth") > width:
                    faults.append(f"{path} scrolls sideways at {width} px")
            context.close()
        browser.close()
    assert not faults
