"""Every component in a real browser: both themes, phone and desk, with axe and without a fault in the console."""

import pytest

from tests.browser.looking import faults_of

LAYOUTS = ["app", "incident", "reading", "phone", "bare", "empty"]
SMALLEST_TARGET = 24

pytestmark = [pytest.mark.browser, pytest.mark.urls("tocsin.ui.tests.routes")]


@pytest.fixture
def open_page(browser, live_server):
    contexts = []

    def opened(layout: str, width: int = 1440, theme: str = "light"):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
        contexts.append(context)
        page = context.new_page()
        page.faults = []
        page.on("console", lambda m: page.faults.append(m.text) if m.type in {"error", "warning"} else None)
        page.on("pageerror", lambda fault: page.faults.append(str(fault)))
        page.goto(f"{live_server.url}/gallery/{layout}")
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_has_no_serious_finding_and_no_sideways_scroll(open_page, layout) -> None:
    page = open_page(layout)
    assert faults_of(page) + page.faults == []


def test_every_target_on_a_phone_is_large_enough_and_the_thumbs_button_larger(open_page) -> None:
    page = open_page("phone", 360)
    sizes = page.evaluate("[...document.querySelectorAll('button, .btn')].map(e => e.getBoundingClientRect().height)")
    assert min(sizes) >= SMALLEST_TARGET
    button = page.get_by_role("button", name="Acknowledge").bounding_box()
    assert button["height"] >= 48
    assert button["y"] > 900 / 2


def test_a_dangerous_button_waits_for_the_typed_name(open_page) -> None:
    page = open_page("app")
    page.get_by_role("button", name="Initiate Failover").click()
    confirm = page.locator("#d-confirm .btn-solid")
    assert confirm.get_attribute("aria-disabled") == "true"
    page.get_by_label("Type pg-main to confirm").fill("pg-main")
    assert confirm.get_attribute("aria-disabled") == "false"
    page.keyboard.press("Escape")
    assert not page.locator("#d-confirm").is_visible()


def test_one_of_many_is_found_and_chosen_with_the_keys_alone(open_page) -> None:
    page = open_page("app")
    people = page.locator("#form .t-pick").first
    people.locator("[data-find]").focus()
    page.keyboard.type("37 pers")
    assert people.locator(".t-choice:visible").all_inner_texts() == ["Person 37"]
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    assert people.locator("[data-picked]").inner_text() == "1"
    page.keyboard.press("ArrowUp")
    page.keyboard.type(" no such")
    assert people.get_by_text("Nothing fits").is_visible()
    zone = page.locator("#form [data-pick-one]")
    zone.locator("summary").focus()
    page.keyboard.press("Enter")
    page.locator("#form [data-pick-one][open] [data-find]:focus").wait_for()
    page.keyboard.type("zone 41")
    page.keyboard.press("Enter")
    assert zone.locator("summary").inner_text() == "Zone 41"
    assert not zone.locator("[data-find]").is_visible()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    sent = page.evaluate("Object.fromEntries(new FormData(document.querySelector('#form form')))")
    assert (sent["people"], sent["zone"]) == ("p37", "z41")


def test_a_countdown_moves_in_place_and_a_draft_comes_back_after_a_reload(open_page) -> None:
    page = open_page("app")
    digits = page.locator("#countdowns .t-cd b").first
    before = digits.inner_text()
    page.wait_for_function("t => document.querySelector('#countdowns .t-cd b').textContent !== t", arg=before)
    words = page.locator("#form textarea")
    words.fill("Old primary is fenced")
    page.get_by_text("Draft kept").first.wait_for()
    page.reload()
    assert page.locator("#form textarea").input_value() == "Old primary is fenced"


def test_single_keys_press_their_control_unless_someone_types_or_switched_them_off(open_page) -> None:
    page = open_page("app")
    folded = page.locator("#filter-tickets")
    page.locator("#form textarea").press("f")
    assert folded.is_hidden()
    page.locator("h1").click()
    page.keyboard.press("f")
    assert folded.is_visible()
    page.evaluate("document.body.dataset.keys = 'off'")
    page.locator("h1").click()
    page.keyboard.press("f")
    assert folded.is_visible()


@pytest.fixture
def live_page(browser, live_server):
    """An incident page whose live stream is played by the test: it gives one entry, then the line is cut."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    calls = []

    def whole(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace('data-live=""', 'data-live="incident:42"'))

    def stream(route):
        calls.append(route.request.url)
        if len(calls) > 1:
            route.abort()
            return
        entry = '{"actor": "Mateo Fuentes", "sentence": "fenced the old primary"}'
        body = f"id: c0\nevent: hello\ndata: {{}}\n\nid: c1\nevent: entry\ndata: {entry}\n\n"
        route.fulfill(status=200, content_type="text/event-stream", body=body)

    page.route("**/gallery/incident", whole)
    page.route("**/live?*", stream)
    page.goto(f"{live_server.url}/gallery/incident")
    yield page, calls
    page.context.close()


def test_a_new_entry_waits_behind_a_mark_and_is_said_politely_without_moving_anything(live_page) -> None:
    page, _ = live_page
    page.locator("#msg").focus()
    mark = page.get_by_role("button", name="1 new")
    mark.wait_for()
    assert page.locator("#said").inner_text() == "Mateo Fuentes fenced the old primary"
    assert page.evaluate("document.activeElement.id") == "msg"
    assert page.locator("#timeline > li").count() == 6
    assert page.evaluate("scrollY") == 0


def test_a_lost_line_says_since_when_and_asks_again_from_where_it_stood(live_page) -> None:
    page, calls = live_page
    page.get_by_text("Reconnecting, last").wait_for()
    if len(calls) < 2:
        page.wait_for_event("requestfailed")
    assert "stream=incident%3A42" in calls[0]
    assert calls[1].endswith("after=c1")
