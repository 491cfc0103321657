"""The page in a language that is written from right to left: nothing is left in English, links and times still hold."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import trans_real

from tocsin.domain.statuspage import commands, queries
from tocsin.domain.statuspage.tests import pseudo
from tocsin.domain.statuspage.tests.conftest import SYSTEM, Shop
from tocsin.domain.statuspage.wording import languages_known
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid

pytestmark = pytest.mark.django_db
# Names of formats and products, and the letters of time zones.
KEPT = {"Atom", "RSS", "Slack", "CET", "CEST", "UTC", "English"}


class Reading(HTMLParser):
    """What a person reads or hears: text, labels, titles."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._quiet = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._quiet += tag in {"style", "symbol"}
        self.words += [value for name, value in attrs if name in {"aria-label", "title", "placeholder"} and value]

    def handle_endtag(self, tag: str) -> None:
        self._quiet -= tag in {"style", "symbol"}

    def handle_data(self, data: str) -> None:
        if not self._quiet:
            self.words.append(data)


def latin(html: str) -> set[str]:
    reading = Reading()
    reading.feed(html)
    return {word for text in reading.words for word in re.findall(r"[A-Za-z]{2,}", text)} - KEPT


@pytest.fixture
def hebrew(tmp_path: Path, settings: Any) -> Iterator[None]:
    pseudo.write(tmp_path, "he")
    settings.LOCALE_PATHS = [tmp_path]
    settings.LANGUAGES = [("en", "English"), ("he", "עברית")]
    trans_real._translations.clear()  # type: ignore[attr-defined]
    yield
    trans_real._translations.clear()  # type: ignore[attr-defined]


def filled(shop: Shop, *languages: str) -> None:
    """A page with everything on it, whose own words are digits."""
    commands.save_page(
        SYSTEM,
        name="11",
        about="22",
        support_url="https://example.org/33",
        languages=languages,
        time_zone="Europe/Berlin",
    )
    for number, id_ in enumerate((shop.checkout, shop.search)):
        commands.change_component(SYSTEM, component_id=id_, name=f"4{number}", description="55")
    for status in ("major_outage", "degraded_performance"):
        commands.open_incident(SYSTEM, title="66", status="identified", body="77", components={shop.checkout: status})
    done = commands.open_incident(
        SYSTEM, title="", status="investigating", body="88", components={shop.search: "partial_outage"}
    )
    commands.post_update(SYSTEM, public_incident_id=done, status="resolved", body="99")
    begin = now() + timedelta(hours=5)
    for ends in (1, 48):
        commands.schedule_maintenance(
            SYSTEM,
            title="12",
            body="34",
            components=[shop.search],
            scheduled_for=begin,
            scheduled_until=begin + timedelta(hours=ends),
        )
    commands.set_component_status(SYSTEM, components={shop.search: "under_maintenance"})


def test_no_english_is_left_on_a_page_in_another_language(shop: Shop, hebrew: None) -> None:
    filled(shop, "he")
    codes = [one.code for one in [*queries.incidents(SYSTEM), *queries.incidents(SYSTEM, kind="maintenance")]]
    for path in ("index.html", "history/index.html", "404.html", *(f"incidents/{code}/index.html" for code in codes)):
        html = shop.file(path)
        assert '<html lang="he" dir="rtl">' in html
        assert latin(html) == set(), path


def test_the_pages_to_subscribe_and_the_mails_speak_the_language_too(shop: Shop, hebrew: None) -> None:
    filled(shop, "he")
    shop.mail.sent.clear()
    place = "/status/subscribe/"
    for page in (
        Client().get(place),
        Client().get(f"{place}?kind=slack"),
        Client().get(f"{place}?kind=webhook"),
        Client().post(place, {"address": "11"}),
        Client().post(place, {"address": "11@22.example"}),
        Client().get("/status/subscription/confirm/x/"),
        Client().post("/status/subscription/confirm/x/"),
    ):
        assert latin(page.content.decode()) <= {"example"}, page.request
    shop.told()
    shop.subscribed("1@2.example")
    commands.open_incident(
        SYSTEM, title="66", status="identified", body="77", components={shop.checkout: "partial_outage"}
    )
    shop.file("index.html")
    address, message = shop.mail.sent[-1]
    assert address == "1@2.example"
    assert latin(message.html) == set()
    text = re.sub(r"https?://\S+", "", message.title + message.text)
    assert set(re.findall(r"[A-Za-z]{2,}", text)) == set()


def test_a_page_in_two_languages_leads_from_each_to_the_other(shop: Shop, hebrew: None) -> None:
    filled(shop, "en", "he")
    assert 'href="./he/" lang="he"' in shop.file("index.html")
    assert 'href="../" lang="en"' in shop.file("he/index.html")
    assert 'dir="ltr"' in shop.file("index.html")
    assert 'dir="rtl"' in shop.file("he/history/index.html")
    commands.save_page(SYSTEM, languages=["en"])
    assert not shop.has("he/index.html")


def test_only_languages_with_a_translation_can_be_chosen(shop: Shop) -> None:
    assert "en" in languages_known()
    with pytest.raises(Invalid, match="languages"):
        commands.save_page(SYSTEM, languages=["xx"])
