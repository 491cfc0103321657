"""The page in memory: it is there without the database, from the first moment, and never half old and half new."""

from pathlib import Path

import pytest
from django.db import OperationalError

from tocsin.core.engine.testing import run_engine
from tocsin.domain.statuspage import commands, shelf
from tocsin.domain.statuspage.models import Publication
from tocsin.domain.statuspage.shelf import Keeper, Shelf
from tocsin.domain.statuspage.tests.conftest import SYSTEM, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(shop: Shop, tmp_path: Path) -> Shelf:
    run_engine(periodic=False)
    made = Shelf(tmp_path / "cache")
    assert made.refresh()
    return made


def body(kept: Shelf, path: str = "/status/") -> str:
    return kept.served[path].plain.body.decode()


def test_what_changed_in_the_store_is_served_and_nothing_is_read_when_nothing_did(kept: Shelf, shop: Shop) -> None:
    assert not kept.refresh()
    same = kept.served["/status/history.atom"]
    shop.broken()
    run_engine(periodic=False)
    assert kept.refresh()
    assert "Checkout fails" in body(kept)
    assert kept.served["/status/history.atom"] is not same
    assert {"/status/", "/status/history/", "/status/api/v2/summary.json", "/api/v2/summary.json"} <= set(kept.served)


def test_the_page_is_served_on_while_the_store_is_down_and_started_from_disk_without_it(
    kept: Shelf, shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = body(kept)

    def broken(*_args: object, **_more: object) -> None:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(Publication.objects, "filter", broken)
    with pytest.raises(OperationalError):
        kept.refresh()
    assert body(kept) == before
    fresh = Shelf(tmp_path / "cache")
    monkeypatch.setattr(shelf, "close_old_connections", lambda: None)
    keeper = Keeper(fresh)
    keeper.start()
    keeper.stop()
    assert body(fresh) == before


def test_a_copy_on_disk_that_is_damaged_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "status-page.msgpack").write_bytes(b"\x00 not a page")
    fresh = Shelf(tmp_path)
    fresh.load_copy()
    assert fresh.empty


def test_a_page_that_is_taken_back_is_served_no_more_also_not_from_disk(
    kept: Shelf, shop: Shop, tmp_path: Path
) -> None:
    commands.save_page(SYSTEM, published=False)
    run_engine(periodic=False)
    assert kept.refresh()
    fresh = Shelf(tmp_path / "cache")
    fresh.load_copy()
    assert kept.empty
    assert fresh.empty


def test_each_file_has_a_strong_tag_of_its_own_for_each_form(kept: Shelf) -> None:
    both = kept.served["/status/"]
    assert both.packed
    assert both.plain.etag.startswith(b'"')
    assert both.plain.etag != both.packed.etag
    assert len(both.packed.body) < len(both.plain.body) / 3
    style = next(path for path in kept.served if path.endswith(".css"))
    assert (b"cache-control", b"public, max-age=31536000, immutable") in kept.served[style].plain.headers
