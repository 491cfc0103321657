"""Every screen of the URL map in Chromium with the demo organisation: both themes, phone, tablet and desk.

The addresses come from the declarations of `tests/access`, which fail on a route that nobody declared: a new screen
is looked at here without a further word.
"""

from typing import Any

import pytest

from tests.access.routes_declared import Declared, declared
from tests.browser.conftest import House, watched
from tests.browser.looking import faults_of

pytestmark = pytest.mark.browser


def _ways() -> list[Any]:
    return [
        pytest.param(way, id=f"{way.route or 'home'}#{number}")
        for said in declared().values()
        for number, way in enumerate(said)
        if "GET" in way.who
    ]


@pytest.fixture(scope="module")
def pages(browser: Any, house: House, signed_in: dict[str, Any]) -> Any:
    """One page of who may do everything, and one of a stranger."""
    contexts = [browser.new_context(storage_state=state) for state in (signed_in, None)]
    yield tuple(watched(context, house) for context in contexts)
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def seen() -> list[str]:
    """What was really looked at."""
    return []


def _stranger(way: Declared) -> bool:
    who = way.who["GET"]
    return (who is not None and "stranger" in who) or way.route in {"accounts/login/", "accounts/password/reset/"}


def _is_page(answer: Any) -> bool:
    """Neither a redirect, nor a file, nor a part for a page that is open already."""
    kind, file = answer.headers.get("content-type", ""), "content-disposition" in answer.headers
    return answer.status < 300 and "html" in kind and not file and "<html" in answer.text()


def _own(way: Declared, house: House) -> dict[str, str]:
    """The classification panel shows what is only proposed yet."""
    return {"ref": house.values["proposed"]} if way.route.startswith("detect/classification/") else {}


@pytest.mark.parametrize("way", _ways())
def test_a_screen_is_well_at_every_size_and_in_both_themes(
    way: Declared, pages: Any, house: House, seen: list[str]
) -> None:
    page = pages[1 if _stranger(way) else 0]
    path = way.path(house.values | _own(way, house))
    answer = page.context.request.get(house.url + path, max_redirects=0)
    assert answer.status < 400 or way.who["GET"] is None, f"{path} answered {answer.status}"
    if not _is_page(answer):
        return
    seen.append(path)
    page.faults.clear()
    page.goto(house.url + path)
    policy = answer.headers.get("content-security-policy", "")
    assert "script-src" not in policy or "unsafe" not in policy.split("script-src")[1].split(";")[0], policy
    assert faults_of(page) + page.faults == []


def test_most_of_what_is_declared_are_pages_that_were_looked_at(seen: list[str]) -> None:
    assert len(seen) >= 40, seen
