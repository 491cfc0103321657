"""Every route of the URL map, asked by every role and by a stranger, about an ordinary and a restricted incident.

Hides how an answer is judged. Nothing that a question changes outlives it.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from tests.access.routes_declared import STRANGER, Declared, declared, routes
from tests.access.world import World, askers, build
from tocsin.core.events.models import Entry
from tocsin.domain.delivery import ports
from tocsin.kernel.actor import Role
from tocsin.kernel.errors import Denied, Refused
from tocsin.ui.forms import ScreenForm

pytestmark = pytest.mark.django_db
DECLARED = declared()
WAYS = [pytest.param(way, id=f"{way.route}#{number}") for said in DECLARED.values() for number, way in enumerate(said)]
ASKING = [STRANGER, *(role.value for role in Role)]
NO_MEMBERS = [asking for asking in ASKING if asking not in (STRANGER, Role.SECURITY.value)]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """One world for all questions; each question is undone."""
    before = ports.transports()
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)
    ports._transports.clear()
    ports._transports.update(before)


class Browsers:
    """A fresh browser for each question, signed in as who asks: what one question does to it, the next does not see."""

    def __init__(self, world: World) -> None:
        self.sessions = {STRANGER: ""}
        for role in Role:
            browser = Client()
            person = get_user_model().objects.get(id=world.people[role])
            browser.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
            self.sessions[role.value] = browser.cookies["sessionid"].value

    def __getitem__(self, asking: str) -> Client:
        browser = Client(raise_request_exception=False)
        if self.sessions[asking]:
            browser.cookies["sessionid"] = self.sessions[asking]
        return browser


@pytest.fixture(scope="module")
def clients(world: World) -> Browsers:
    """A browser for each who asks."""
    return Browsers(world)


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside never happened."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def prepared(way: Declared, world: World) -> Iterator[None]:
    """Inside, what the route needs to be there is there."""
    with undone():
        if way.before:
            world.befores[way.before](world)
        yield


@pytest.fixture
def denials(monkeypatch: pytest.MonkeyPatch) -> list[Denied]:
    """Refusals for lack of a right that forms showed beside what was typed, instead of a page of their own."""
    heard: list[Denied] = []
    shown = ScreenForm.refuse

    def refuse(form: ScreenForm, refused: Refused) -> None:
        if isinstance(refused, Denied):
            heard.append(refused)
        shown(form, refused)

    monkeypatch.setattr(ScreenForm, "refuse", refuse)
    return heard


def ask(client: Client, method: str, path: str, body: Mapping[str, Any]) -> tuple[HttpResponse, int]:
    """The answer, and how many entries the log grew by."""
    cache.clear()
    before = Entry.objects.count()
    answer = (
        client.generic(method, path)
        if method not in ("GET", "POST")
        else getattr(client, method.lower())(path, dict(body) if method == "POST" else None)
    )
    return answer, Entry.objects.count() - before


def outcome(answer: HttpResponse, denied: bool = False) -> str:
    """What the answer amounts to: in, refused, missing, sign in, broken. `denied`: a form took up the refusal."""
    if answer.status_code >= 500 and answer.status_code != 503:
        return "broken"
    if answer.status_code == 401 or (
        answer.status_code == 302 and answer["Location"].startswith("/accounts/login/?next")
    ):
        return "sign in"
    if answer.status_code == 404:
        return "missing"
    return "refused" if answer.status_code == 403 or (answer.status_code == 422 and denied) else "in"


def test_every_route_is_declared_and_every_declaration_has_a_route() -> None:
    known = set(routes())
    undeclared = sorted(known - set(DECLARED))
    assert not undeclared, f"say who may use these, as tests/access/README.md tells: {undeclared}"
    assert not set(DECLARED) - known, "these routes are gone; remove their declaration"


@pytest.mark.parametrize("way", WAYS)
def test_a_route_lets_in_whom_it_says_and_nobody_else(
    way: Declared, world: World, clients: Browsers, denials: list[Denied]
) -> None:
    wrong = []
    path, body = way.path(world.values), world.fill(way.body)
    for method, who in way.who.items():
        with prepared(way, world):
            for asking in askers(ASKING, who):
                with undone():
                    answer, written = ask(clients[asking], method, path, body)
                found = outcome(answer, denied=bool(denials))
                denials.clear()
                if not as_said(found, written, method, asking, who):
                    wrong.append(f"{method} {path} as {asking}: {found} ({answer.status_code}), {written} written")
    assert not wrong, "\n".join(wrong)


def as_said(found: str, written: int, method: str, asking: str, who: Collection[str] | None) -> bool:
    """Whether the answer is the one that the declaration promises to who asks."""
    if method == "GET" and written:
        return False
    if who is None:
        return found != "broken"
    if asking in who:
        return found == "in"
    return (
        found in (("sign in", "refused", "missing") if asking == STRANGER else ("refused", "missing")) and not written
    )


@pytest.mark.parametrize("way", [way for way in WAYS if way.values[0].incident])
def test_a_restricted_incident_does_not_exist_for_who_is_no_member(
    way: Declared, world: World, clients: Browsers
) -> None:
    wrong = []
    restricted, nothing = (way.path(world.values | {"ref": ref}) for ref in (world.values["restricted"], "INC-99999"))
    for method, who in way.who.items():
        for asking in askers(NO_MEMBERS, who):
            with undone():
                answer, written = ask(clients[asking], method, restricted, world.fill(way.body))
            with undone():
                missing, _ = ask(clients[asking], method, nothing, world.fill(way.body))
            let_in = who is None or asking in who
            if answer.status_code not in ((404,) if let_in else (403, 404)) or written:
                wrong.append(f"{method} {restricted} as {asking}: {answer.status_code}, {written} entries written")
            elif answer.status_code != missing.status_code:
                wrong.append(
                    f"{method} {restricted} as {asking}: {answer.status_code}, but for none {missing.status_code}"
                )
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("way", [way for way in WAYS if "POST" not in way.values[0].who])
def test_a_post_that_nobody_declared_changes_nothing(way: Declared, world: World, clients: Browsers) -> None:
    for asking in (STRANGER, Role.ADMINISTRATOR.value):
        with undone():
            answer, written = ask(clients[asking], "POST", way.path(world.values), {})
        assert not written, f"{answer.status_code} as {asking} wrote {written} entries"
        assert outcome(answer) != "broken", f"{answer.status_code} as {asking}"
