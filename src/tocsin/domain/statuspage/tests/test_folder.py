"""The page as a folder: any file server serves it, renewed without a trace of what is gone."""

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import urlopen

import pytest

from tocsin.domain.statuspage import commands, queries
from tocsin.domain.statuspage.folder import write
from tocsin.domain.statuspage.tests.conftest import SYSTEM, Shop
from tocsin.kernel.errors import Conflict, Invalid

pytestmark = pytest.mark.django_db


class Quiet(SimpleHTTPRequestHandler):
    """Python's own file server, without its log."""

    def log_message(self, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield tmp_path, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def read(url: str) -> str:
    with urlopen(url, timeout=5) as answer:
        return str(answer.read().decode())


def test_a_plain_file_server_serves_page_json_and_feeds_with_the_address_that_was_given(
    shop: Shop, served: tuple[Path, str]
) -> None:
    folder, url = served
    shop.broken()
    assert write(SYSTEM, folder / "deep" / "down", url="https://status.example.org")[0] > 15
    root = f"{url}/deep/down"
    code = queries.incidents(SYSTEM)[0].code
    page = read(f"{root}/")
    assert "Checkout fails" in page
    assert "Checkout fails" in read(f"{root}/incidents/{code}/")
    assert 'action="http://localhost' in page
    summary = json.loads(read(f"{root}/api/v2/summary.json"))
    assert summary["page"]["url"] == "https://status.example.org"
    assert json.loads(read(f"{root}/api/v2/incidents/unresolved.json"))["incidents"][0]["id"] == code
    assert f"https://status.example.org/incidents/{code}/" in read(f"{root}/history.atom")
    style = page.split('rel="stylesheet" href="./')[1].split('"')[0]
    assert "--accent" in read(f"{root}/{style}")


def test_a_second_export_removes_what_is_gone_and_touches_nothing_else(shop: Shop, tmp_path: Path) -> None:
    id_ = shop.broken()
    (tmp_path / "robots.txt").write_text("mine")
    write(SYSTEM, tmp_path)
    gone = tmp_path / "incidents" / queries.incident(SYSTEM, id_).code / "index.html"
    assert gone.exists()
    commands.retract_incident(SYSTEM, public_incident_id=id_, reason="Wrong.")
    assert write(SYSTEM, tmp_path)[1] == 1
    assert not gone.exists()
    assert (tmp_path / "robots.txt").read_text() == "mine"


def test_what_cannot_be_exported_is_said_in_one_sentence(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="url: write it like"):
        write(SYSTEM, tmp_path, url="status.example.org")
    (tmp_path / "file").write_text("")
    with pytest.raises(Invalid, match="cannot be written"):
        write(SYSTEM, tmp_path / "file" / "below")
    commands.save_page(SYSTEM, published=False)
    with pytest.raises(Conflict, match="not public"):
        write(SYSTEM, tmp_path)
