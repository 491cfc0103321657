"""All files of the page: what `/status/` serves and what an export writes. The same input gives the same bytes."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.contrib.staticfiles import finders
from django.utils.translation import gettext
from django.utils.translation import override as speaking

from tocsin.domain.statuspage.rendering import drawing, feeds, wire
from tocsin.domain.statuspage.rendering.pages import Pages, Where, banner_words, worst_impact
from tocsin.domain.statuspage.views import Picture, PublicIncidentView

_HERE = Path(__file__).parent.parent
_FONT = "vendor/inter/inter-latin.woff2"
HTML = "text/html; charset=utf-8"
JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class File:
    """One file. `source`: what it was made from, where that is cheaper to compare than to make it again."""

    path: str
    content_type: str
    body: bytes
    source: str = ""


def files(
    picture: Picture, *, url: str, subscribe: str = "", known: Mapping[str, str] | None = None
) -> tuple[list[File], set[str]]:
    """(files that are new or may differ, paths of all that belong to the page).

    `url`: the page's own address, for feeds and JSON. `subscribe`: where the form posts to, relative when empty.
    `known`: path -> source of what is there; a page of an incident with the same source is not made again.
    """
    made: list[File] = []
    kept: set[str] = set()
    for file in _all(picture, url, subscribe, known or {}):
        kept.add(file.path)
        if file.body:
            made.append(file)
    return made, kept


def _all(picture: Picture, url: str, subscribe: str, known: Mapping[str, str]) -> Iterator[File]:
    font = _font()
    where = Where(style().path, subscribe, url)
    yield style()
    if font:
        yield font
    for language in picture.page.languages:
        pages = Pages(picture, where, language)
        for path, html in (pages.index(), pages.history(), pages.missing()):
            yield File(path, HTML, html.encode())
        for one in [*picture.incidents, *picture.maintenances]:
            source = _source(picture, one, where)
            prefix = "" if language == picture.page.languages[0] else f"{language}/"
            path = f"{prefix}incidents/{one.code}/index.html"
            html = "" if known.get(path) == source else pages.incident(one)[1]
            yield File(path, HTML, html.encode(), source)
    yield from _machines(picture, url)


def _source(picture: Picture, one: PublicIncidentView, where: Where) -> str:
    names = [(component.code, component.name) for component in one.components]
    page = picture.page
    said = [one.id, one.version, page.version, page.languages, names, where.style, where.subscribe, _templates()]
    return sha256(json.dumps(said).encode()).hexdigest()


@lru_cache(maxsize=1)
def _templates() -> str:
    """Changes with the program: after an upgrade every page is made anew."""
    parts = [*sorted((_HERE / "templates").rglob("*.html")), *sorted((_HERE / "rendering").glob("*.py"))]
    return sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()


def _machines(picture: Picture, url: str) -> Iterator[File]:
    language = picture.page.languages[0]
    for path, document in wire.documents(picture, url).items():
        yield File(f"api/v2/{path}", JSON, json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode())
    with speaking(language):
        yield File("history.atom", "application/atom+xml; charset=utf-8", feeds.atom(picture, url, language).encode())
        yield File("history.rss", "application/rss+xml; charset=utf-8", feeds.rss(picture, url, language).encode())
        yield File("maintenance.ics", "text/calendar; charset=utf-8", feeds.calendar(picture, url))
        label, words, found = gettext("status"), banner_words(picture), worst_impact(picture)
    yield File("icon.svg", "image/svg+xml; charset=utf-8", drawing.icon(found).encode())
    yield File("badge.svg", "image/svg+xml; charset=utf-8", drawing.badge(label, words, found).encode())
    yield File("badge.json", JSON, json.dumps(drawing.badge_facts(label, words, found)).encode())


@lru_cache(maxsize=1)
def style() -> File:
    """The one style sheet, named by its contents."""
    body = (_HERE / "assets" / "status.css").read_bytes()
    return File(f"assets/status.{sha256(body).hexdigest()[:12]}.css", "text/css; charset=utf-8", body)


@lru_cache(maxsize=1)
def _font() -> File | None:
    found = finders.find(_FONT)
    if not isinstance(found, str):
        return None
    return File("assets/inter-latin.woff2", "font/woff2", Path(found).read_bytes())
