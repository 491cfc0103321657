"""The rules of the interface that hold on any day: 9 to 14. Contrast (12) and every size are in `screens`."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import House
from tests.harness.peers import until

pytestmark = pytest.mark.browser
Opens = Callable[..., Any]
SLOW_3G = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 90_000}
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


def test_rule_9_an_empty_screen_says_what_will_be_here(visit: Opens, house: House) -> None:
    page = visit()
    for path in ("/search/?q=zzzz-nothing", "/settings/people/?q=zzzz-nothing", "/incidents/?q=zzzz-nothing"):
        page.goto(house.url + path)
        void = page.locator("main .t-void").first
        assert len(void.inner_text().split()) > 5, path


def test_rule_10_a_document_is_made_in_view_and_a_reload_finds_it_again(visit: Opens, house: House) -> None:
    page = visit(f"/incidents/{house.values['ref']}/report/")
    makes = page.get_by_role("button", name=re.compile("Make (the PDF|it anew)"))
    if not makes.count():
        page.get_by_role("button", name="Generate Incident Report").first.click()
    makes.first.click()
    page.locator("#files a:has-text('Look again'), #files a[href*='/files/pdf']").first.wait_for()
    page.reload()
    page.locator("#files a[href*='/files/pdf']").wait_for(timeout=40_000)


def test_rule_11_a_form_keeps_its_input_on_an_error_and_a_long_one_its_draft(visit: Opens) -> None:
    page = visit("/incidents/new/")
    page.get_by_label("What you know so far").fill("Two of five nodes are gone")
    page.locator("main form[data-draft] .btn-primary").click()
    wrong = page.locator(".t-errors")
    wrong.wait_for()
    assert "What is wrong" in wrong.inner_text()
    assert page.get_by_label("What you know so far").input_value() == "Two of five nodes are gone"
    page.get_by_label("What is wrong").fill("Nodes are gone")
    page.get_by_text("Draft kept").first.wait_for()
    page.goto(page.url)
    assert page.get_by_label("What is wrong").input_value() == "Nodes are gone"
    page.evaluate("localStorage.clear()")


def test_rule_12_the_palette_reaches_screens_and_everything_this_page_can_do(visit: Opens, house: House) -> None:
    page = visit(f"/incidents/{house.values['ref']}/")
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox")
    field.fill("organis")
    page.get_by_role("option", name="Organisation").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/settings/organisation/")
    page.goto(f"{house.url}/incidents/{house.values['ref']}/")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("activate resp")
    page.get_by_role("group", name="On this page").get_by_role("option", name="Activate Response Team").click()
    page.wait_for_url("**/activate/")


def test_rule_12_a_question_mark_lists_the_keys_and_single_keys_can_be_switched_off(visit: Opens, house: House) -> None:
    page = visit("/settings/people/")
    page.keyboard.press("?")
    help_ = page.get_by_role("dialog", name="Keyboard")
    help_.get_by_text("Filter").wait_for()
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("f")
    folded = page.locator("#filter-people")
    assert folded.is_visible()
    page.goto(f"{house.url}/settings/profile/")
    page.get_by_label("Single keys do things").uncheck()
    page.get_by_role("button", name="Keep this look").click()
    page.get_by_text("Saved the look").wait_for()
    page.goto(f"{house.url}/settings/people/")
    page.keyboard.press("f")
    assert folded.is_hidden()
    page.keyboard.press("Control+k")
    assert page.get_by_role("combobox").is_visible()


def test_rule_12_every_control_of_a_page_is_reached_by_the_tab_key(visit: Opens) -> None:
    page = visit("/settings/people/")
    page.evaluate("document.body.focus()")
    wanted = page.locator("main a[href]:visible, main button:visible").count()
    reached = set()
    for _ in range(wanted + 60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("(e => e.closest('main') ? e.outerHTML : '')(document.activeElement)"))
    assert len(reached - {""}) >= wanted - 1


def test_rule_12_motion_respects_the_setting_of_the_device(visit: Opens) -> None:
    page = visit("/", reduced_motion="reduce")
    moving = page.evaluate(
        "[...document.querySelectorAll('*')].filter(e => { const s = getComputedStyle(e);"
        " return parseFloat(s.animationDuration) > 0 || s.transitionDuration.split(',').some(d => parseFloat(d) > 0) })"
        ".map(e => e.className.baseVal ?? e.className)"
    )
    assert moving == []


def test_rule_13_the_status_page_works_without_scripts_loads_nothing_from_elsewhere_and_paints_at_once(
    visit: Opens, house: House
) -> None:
    page = visit(stranger=True, java_script_enabled=False)
    until(lambda: page.goto(f"{house.url}/status/").status == 200, "a rendered status page", seconds=30)
    page.faults.clear()
    page.reload()
    assert page.locator("h1").count() == 1
    assert page.faults == []
    slow = visit(stranger=True, width=360, height=740)
    session = slow.context.new_cdp_session(slow)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW_3G)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    painted = []
    for _ in range(3):
        slow.goto(f"{house.url}/status/")
        # Not wait_for_function, which polls by eval: the page's policy forbids it.
        painted.append(until(lambda: slow.evaluate(PAINT), "the first paint"))
    assert min(painted) < 1000, painted


@pytest.mark.parametrize("path", ["/status/", "/incidents/{ref}/report/"])
def test_rule_13_what_is_printed_is_the_text_and_not_the_frame(visit: Opens, house: House, path: str) -> None:
    page = visit(path.format(**house.values))
    page.emulate_media(media="print")
    for frame in (".t-nav", ".t-top", ".t-undo"):
        assert page.locator(frame).locator("visible=true").count() == 0, frame
    assert page.locator("h1").is_visible()
    page.pdf()


def test_rule_14_nothing_shouts_at_people(visit: Opens, house: House) -> None:
    page = visit()
    for path in ("/", f"/incidents/{house.values['ref']}/", "/on-call/", "/settings/", "/health/", "/status/"):
        page.goto(house.url + path)
        assert "!" not in page.locator("body").inner_text(), path
