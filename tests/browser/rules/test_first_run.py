"""From nothing to a first real test page, as an administrator lives it: an empty house, a real mail server, a phone."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.conftest import House, sign_in, start, watched
from tests.harness.peers import until

pytestmark = pytest.mark.browser
MAILBOX = "ada@example.org"


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house in which nobody has done anything."""
    yield from start(tmp_path_factory.mktemp("empty"), furnished=False)


def _mail(house: House, words: str) -> str:
    def found() -> str:
        texts = [letter.get_body(("plain",)).get_content() for _, letter in list(house.mailbox.mails)]
        return next((text for text in reversed(texts) if words in text), "")

    return until(found, f"a mail with '{words}'", seconds=30)


def test_from_nothing_to_a_first_page_by_the_checklist(browser: Any, empty: House) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, storage_state=sign_in(browser, empty))
    page = watched(context, empty)

    def next_step(done: int) -> None:
        page.goto(empty.url)
        assert page.get_by_text(f"{done} of 5 done").is_visible()
        page.locator(".t-go .btn-primary").click()

    next_step(0)
    page.get_by_role("link", name="Mail", exact=True).click()
    page.get_by_label("Mail address").fill(MAILBOX)
    page.get_by_role("button", name="Add and send a code").click()
    code = re.search(r"the code (\d{6})", _mail(empty, "Type the code"))
    assert code
    page.get_by_label("Code").fill(code[1])
    page.get_by_role("button", name="Verify").click()
    page.get_by_text("pages reach you here").wait_for()

    next_step(1)
    page.get_by_label("Name").fill("Checkout")
    page.locator("main .btn-primary").click()
    page.wait_for_url("**/settings/services/**")

    next_step(2)
    page.get_by_label("Name").fill("Cron")
    page.locator("main .btn-primary").click()
    page.get_by_text("Connected.").wait_for()

    next_step(3)
    page.get_by_label("Name").fill("Everybody")
    page.get_by_label("Page", exact=False).first.select_option(label="Administrator")
    page.locator("main .btn-primary").click()
    page.get_by_text("The policy is saved.").wait_for()
    page.goto(empty.url)
    page.locator(".t-go .btn-primary").click()
    page.get_by_label("Policy of Checkout").select_option(label="Everybody")
    page.get_by_role("button", name="Save policies of services").click()
    page.locator(".t-note-ok").first.wait_for()

    next_step(4)
    page.get_by_text("A Critical test alert is on its way").wait_for()
    link = re.search(r"http://\S+/p/[\w-]+", _mail(empty, "/p/"))
    assert link
    phone = browser.new_context(viewport={"width": 360, "height": 800}, has_touch=True)
    held = watched(phone, empty)
    held.goto(link[0])
    held.get_by_role("button", name="Acknowledge").tap()
    held.get_by_text("It is yours").wait_for()

    page.goto(empty.url)
    assert page.locator(".t-go").count() == 0
    assert page.get_by_text("first steps are done").count() == 0
    assert page.faults + held.faults == []
    phone.close()
    context.close()
