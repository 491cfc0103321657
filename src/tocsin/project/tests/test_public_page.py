"""What a browser gets of the public page before Django is asked: headers, conditional requests, what is not there."""

import gzip
from typing import Any

import pytest

from tocsin.domain.statuspage.shelf import Shelf, _File
from tocsin.project import public_page

HTML = b"<!doctype html><p>" + b"All systems operational. " * 50


@pytest.fixture
def page(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    shelf = Shelf(tmp_path)
    monkeypatch.setattr(public_page, "shelf", shelf)
    html = "text/html; charset=utf-8"
    shelf._put(
        [
            _File("index.html", html, HTML, gzip.compress(HTML, mtime=0), "abc"),
            _File("history/index.html", html, HTML, b"", "def"),
            _File("404.html", html, b"nothing here", b"", "ghi"),
            _File("api/v2/status.json", "application/json; charset=utf-8", b"{}", b"", "jkl"),
        ]
    )
    return shelf


def get(path: str, method: str = "GET", **headers: bytes) -> tuple[int, dict[bytes, bytes], bytes]:
    status, given, body = public_page.answer(method, path, headers.get("accepts", b""), headers.get("unless", b""))
    return status, dict(given), body


def test_a_page_comes_plain_or_packed_as_the_browser_asks(page: Shelf) -> None:
    status, headers, body = get("/status/")
    assert (status, body, headers[b"etag"]) == (200, HTML, b'"abc"')
    status, headers, body = get("/status/", accepts=b"gzip, br")
    assert (gzip.decompress(body), headers[b"content-encoding"], headers[b"etag"]) == (HTML, b"gzip", b'"abc-gz"')
    assert get("/status/", accepts=b"gzip;q=0, identity")[2] == HTML


@pytest.mark.parametrize("unless", [b'"abc"', b'W/"abc"', b'"old", "abc"', b"*"])
def test_what_the_browser_has_already_is_not_sent_again(page: Shelf, unless: bytes) -> None:
    status, headers, body = get("/status/", unless=unless)
    assert (status, body) == (304, b"")
    assert headers[b"etag"] == b'"abc"'
    assert get("/status/", unless=b'"old"')[0] == 200


def test_head_says_the_same_without_the_body_and_other_methods_are_refused(page: Shelf) -> None:
    status, headers, body = get("/status/", "HEAD")
    assert (status, headers[b"content-length"], body) == (200, str(len(HTML)).encode(), b"")
    assert get("/status/", "POST")[0] == 405


def test_the_page_may_load_nothing_but_its_own_and_programs_may_read_the_json_from_anywhere(page: Shelf) -> None:
    headers = get("/status/")[1]
    assert headers[b"content-security-policy"].startswith(b"default-src 'none'; style-src 'self'")
    assert headers[b"x-content-type-options"] == b"nosniff"
    for path in ("/status/api/v2/status.json", "/api/v2/status.json"):
        assert get(path)[1][b"access-control-allow-origin"] == b"*"


def test_what_is_not_there_has_a_page_and_a_forgotten_slash_leads_on(page: Shelf) -> None:
    assert get("/status/nothing/")[::2] == (404, b"nothing here")
    assert get("/status")[1][b"location"] == b"/status/"
    assert get("/status/history")[1][b"location"] == b"/status/history/"


def test_alertmanager_keeps_its_paths_and_subscribing_is_djangos(page: Shelf) -> None:
    for path in ("/api/v2/status", "/api/v2/alerts", "/status/subscribe/", "/status/subscription/x/", "/statuses"):
        assert not public_page.handles(path)
    for path in ("/status", "/status/", "/status/anything", "/api/v2/status.json"):
        assert public_page.handles(path)


def test_before_there_is_a_page_a_stranger_gets_a_plain_answer(page: Shelf) -> None:
    page._put([])
    assert get("/status/")[::2] == (404, b"There is no status page here yet.\n")


def test_workers_with_wsgi_give_the_same_answer(page: Shelf) -> None:
    said: list[Any] = []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/status/", "HTTP_IF_NONE_MATCH": '"abc"'}
    assert list(public_page.wsgi(environ, lambda *given: said.extend(given))) == [b""]
    assert said[0] == "304 Not Modified"
