"""The rules of the interface that matter at three in the morning: 1 to 8, and the click budget.

Each test is named after its rule.
"""

import re
from collections.abc import Callable
from math import ceil
from typing import Any

import pytest

from tests.browser.conftest import House

pytestmark = pytest.mark.browser
Opens = Callable[..., Any]
Paged = Callable[[str], tuple[str, str]]
_ROUND_TRIP, _DOWN, _UP = 0.15, 200_000, 90_000
"""A 3G line: seconds, and bytes a second."""
_DRAWING = 1.0
"""Seconds left to a slow phone to draw two pages without a picture, and to the person to tap."""


def path_of(link: str) -> str:
    return "/p/" + link.rpartition("/p/")[2]


class Line:
    """What a page asks of the network, and how long a slow one would take for it. Counted, so that a busy machine
    changes nothing.
    """

    def __init__(self, page: Any) -> None:
        self._finished: list[Any] = []
        page.on("requestfinished", lambda request: self._finished.append(request))

    def seconds(self) -> float:
        """On a 3G line: pages one after the other, their parts six at a time, as browsers load them."""
        asked = [(request, request.sizes()) for request in self._finished]
        # What the browser has already is told with a negative body.
        asked = [(request, sizes) for request, sizes in asked if sizes["responseBodySize"] >= 0]
        pages = sum(request.is_navigation_request() for request, _ in asked)
        sent = sum(sizes["requestHeadersSize"] + sizes["requestBodySize"] for _, sizes in asked)
        came = sum(sizes["responseHeadersSize"] + sizes["responseBodySize"] for _, sizes in asked)
        return (pages + ceil((len(asked) - pages) / 6)) * _ROUND_TRIP + sent / _UP + came / _DOWN


def phone(visit: Opens) -> Any:
    return visit(width=360, height=740, stranger=True, has_touch=True, is_mobile=True)


def test_rule_1_from_the_link_to_acknowledged_in_two_taps_and_three_seconds_on_a_slow_phone(
    visit: Opens, house: House, paged: Paged
) -> None:
    _, link = paged("Orders are lost")
    page = phone(visit)
    line = Line(page)
    page.goto(house.url + path_of(link))
    page.get_by_role("button", name="Acknowledge").tap()
    page.get_by_text("It is yours").wait_for()
    page.wait_for_load_state("networkidle")
    assert page.faults == []
    assert line.seconds() < 3 - _DRAWING


def test_rule_1_the_button_is_high_in_the_thumbs_reach_and_every_target_large_enough(
    visit: Opens, house: House, paged: Paged
) -> None:
    _, link = paged("Baskets empty themselves")
    page = phone(visit)
    page.goto(house.url + path_of(link))
    box = page.get_by_role("button", name="Acknowledge").bounding_box()
    assert box["height"] >= 48
    assert 740 / 2 <= box["y"] <= 740 - box["height"]
    small = page.evaluate(
        "[...document.querySelectorAll('button, .btn, summary, input')].map(e => e.getBoundingClientRect())"
        ".filter(r => r.width && (r.height < 24 || r.width < 24)).length"
    )
    assert small == 0


def test_rule_2_looking_at_a_link_as_a_mail_scanner_does_acknowledges_nothing(
    visit: Opens, house: House, paged: Paged
) -> None:
    _, link = paged("Cards are refused")
    page = phone(visit)
    for _ in range(2):
        page.goto(house.url + path_of(link))
        assert page.get_by_role("button", name="Acknowledge").is_visible()


def test_rule_3_severity_and_state_are_word_and_icon_beside_colour(visit: Opens) -> None:
    page = visit("/incidents/?state=all")
    for kind in (".t-sev", ".t-st"):
        parts = page.locator(kind)
        assert parts.count() > 2
        bare = parts.evaluate_all("all => all.filter(e => !e.querySelector('svg') || !e.textContent.trim()).length")
        assert bare == 0, f"{kind} without an icon or a word"
    shapes = page.locator(".t-sev").evaluate_all(
        "all => Object.fromEntries(all.map(e => [e.textContent.trim(), e.querySelector('use').getAttribute('href')]))"
    )
    assert len(set(shapes.values())) == len(shapes) >= 3


def test_rule_4_what_arrives_live_waits_behind_a_mark_and_moves_nothing(
    visit: Opens, declared: Callable[..., str], writes: Callable[[str, str], None]
) -> None:
    reference = declared("Search is slow")
    page = visit(f"/incidents/{reference}/", width=360, height=740)
    page.get_by_text("Live", exact=True).first.wait_for()
    box = page.locator("#write textarea")
    box.fill("half a sentence")
    page.mouse.wheel(0, 120)
    page.wait_for_function("scrollY > 0")
    before = page.evaluate("[scrollY, document.querySelectorAll('#timeline > li').length]")
    writes(reference, "The second node is back")
    page.get_by_role("button", name=re.compile(r"\d new")).first.wait_for(state="attached")
    page.wait_for_function("document.getElementById('said').textContent.includes('Amina Diallo')")
    assert page.evaluate("[scrollY, document.querySelectorAll('#timeline > li').length]") == before
    assert page.evaluate("document.activeElement === document.querySelector('#write textarea')")
    assert box.input_value() == "half a sentence"
    page.get_by_role("button", name=re.compile(r"\d new")).first.click()
    page.get_by_text("The second node is back").wait_for()


def test_rule_5_a_failed_action_shouts_and_keeps_what_was_typed(visit: Opens, declared: Callable[..., str]) -> None:
    reference = declared("Mails are late")
    page = visit(f"/incidents/{reference}/")
    box = page.locator("#write textarea")
    box.fill("We restart the queue")
    for broken in (lambda route: route.abort(), lambda route: route.fulfill(status=502, body="gone")):
        page.route("**/write/", broken)
        page.get_by_role("button", name="Post").click()
        shout = page.locator("#errors [role=alert]")
        shout.wait_for()
        assert shout.inner_text().startswith("Not done")
        assert box.input_value() == "We restart the queue"
        page.unroute("**/write/")
    page.get_by_role("button", name="Post").click()
    page.locator("#timeline").get_by_text("We restart the queue").wait_for()
    assert page.locator("#errors [role=alert]").count() == 0


def test_rule_5_an_action_answers_at_once_and_shows_nothing_before_it_is_committed(visit: Opens, paged: Paged) -> None:
    reference, _ = paged("Vans are late")
    page = visit(f"/incidents/{reference}/")
    held = []
    page.route("**/acknowledge/", lambda route: held.append(route))
    page.evaluate(
        "addEventListener('click', () => { const t = performance.now(); const look = () => {"
        " if (document.querySelector('[aria-busy=true]')) window.answered = performance.now() - t;"
        " else requestAnimationFrame(look) }; look() }, true)"
    )
    page.get_by_role("button", name="Acknowledge").first.click()
    page.wait_for_function("window.answered !== undefined")
    assert page.evaluate("window.answered") < 100
    assert page.get_by_text("Acknowledged INC").count() == 0
    page.wait_for_timeout(200)
    held[0].continue_()
    page.get_by_role("button", name="Undo").wait_for()


def test_rule_6_ten_seconds_to_take_back_and_a_typed_name_where_that_cannot_be(
    visit: Opens, house: House, paged: Paged
) -> None:
    reference, _ = paged("Prices are wrong")
    page = visit(f"/incidents/{reference}/")
    page.get_by_role("button", name="Acknowledge").first.click()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Taken back").wait_for()
    page.get_by_role("button", name="Acknowledge", exact=True).first.wait_for()
    page.goto(f"{house.url}/settings/contact/{house.values['method_id']}/remove/")
    button = page.get_by_role("button", name="Remove", exact=True)
    assert button.get_attribute("aria-disabled") == "true"
    page.locator("[data-typed]").fill("Mail")
    assert button.get_attribute("aria-disabled") == "false"


def test_rule_7_every_time_is_the_viewers_and_tells_utc_on_hover_and_schedules_name_their_zone(
    visit: Opens, house: House
) -> None:
    page = visit(f"/incidents/{house.values['ref']}/")
    times = page.locator("main time[datetime]")
    assert times.count() > 3
    without = times.evaluate_all("all => all.filter(e => !/UTC/.test(e.title)).map(e => e.outerHTML).slice(0, 3)")
    assert without == []
    page.goto(f"{house.url}/on-call/schedules/{house.values['schedule_id']}/")
    assert page.get_by_text("Europe/Berlin").first.is_visible()


def test_rule_8_who_was_paged_how_what_the_provider_said_and_what_happens_next(
    visit: Opens, house: House, paged: Paged
) -> None:
    reference, _ = paged("Refunds fail")
    page = visit(f"/incidents/{reference}/notifications/")
    row = page.locator(".t-table tbody tr").filter(has_text="Ada Lindqvist").first
    row.get_by_text("Handed over").wait_for()
    words = row.inner_text()
    assert "mail" in words
    assert "250" in words
    assert re.search(r"until\s+\d\d:\d\d", words), words
    # The viewer is in Berlin, at least an hour from UTC.
    assert "UTC" in row.locator("time").last.get_attribute("title")
    assert "UTC" not in words


def test_click_budget_the_first_public_update_takes_three_clicks(
    visit: Opens, house: House, declared: Callable[..., str]
) -> None:
    reference = declared("Invoices are missing")
    page = visit(f"/incidents/{reference}/")
    page.get_by_role("link", name="Send Status Update").first.click()
    page.wait_for_url("**/update/")
    page.get_by_label("Public").fill("Some invoices are missing. We are looking for them; nothing is lost.")
    page.get_by_role("button", name="Send Status Update").last.click()
    page.get_by_text("Some invoices are missing.").first.wait_for()
