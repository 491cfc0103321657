"""Contact methods as browsers meet them: added, proved, tried, ordered, switched off, removed, and whose they are."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tocsin.core.engine.testing import run_engine
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.delivery import commands, ports, queries
from tocsin.domain.delivery.ports import Accepted, Capability, Cleaned, DestinationView, FormField, Message, Reply
from tocsin.kernel.actor import Actor, Role, system
from tocsin.kernel.errors import Invalid

HOUSE = system("test")
pytestmark = pytest.mark.django_db


class Phone:
    """A phone network that keeps what it was given."""

    kind = "test-phone"
    name = "Test phone"
    capabilities = frozenset({Capability.WAKES})
    fields = (FormField("address", "Number", "With the country.", required=True), FormField("pin", "PIN", secret=True))

    def __init__(self) -> None:
        self.sent: list[Message] = []

    def clean(self, address: str, config: dict[str, str]) -> Cleaned:
        if not address.startswith("+"):
            raise Invalid("address: begin the number with + and the country.", field="address")
        return Cleaned(address, f"{address[:3]}…", dict(config))

    def lane(self, destination: DestinationView) -> str:
        return self.kind

    def problem(self) -> str:
        return ""

    def send(self, destination: DestinationView, message: Message, idempotency_key: str) -> Reply:
        self.sent.append(message)
        return Accepted(answer="250 taken")


@pytest.fixture
def phone() -> Phone:
    made = Phone()
    ports.register_transport(made.kind, made)
    yield made
    ports._transports.pop(made.kind)


def person(name: str, *roles: Role) -> Actor:
    made = actor_of(accounts.add_person(HOUSE, email=f"{name.lower()}@example.org", name=name, roles=roles))
    run_engine()
    for given in queries.destinations(HOUSE, made.person):
        commands.remove_destination(HOUSE, destination_id=given.id)
    return made


@pytest.fixture
def mia() -> Actor:
    return person("Mia", Role.RESPONDER)


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(id=actor.person), "django.contrib.auth.backends.ModelBackend")
    return client


def read(client: Client, path: str = "/settings/contact/") -> str:
    page = client.get(path)
    assert page.status_code == 200
    return page.content.decode()


def test_without_any_method_the_page_says_what_will_be_here_and_what_to_do_first(mia: Actor, phone: Phone) -> None:
    page = read(signed_in(mia))
    assert "Nothing can page you yet" in page
    assert "/settings/contact/add/test-phone/" in page


def test_a_method_is_added_proved_by_its_code_and_tried(mia: Actor, phone: Phone) -> None:
    client = signed_in(mia)
    shown = client.post("/settings/contact/add/test-phone/", {"address": "+49 151", "label": "Mine"}, follow=True)
    assert "A code is on its way" in shown.content.decode()
    run_engine()
    path = shown.redirect_chain[-1][0]
    code = re.search(r"\d{6}", phone.sent[0].title)[0]
    wrong = client.post(f"{path}code/", {"code": "000000" if code != "000000" else "111111"})
    assert wrong.status_code == 422
    assert "this is not the code that was sent" in wrong.content.decode().lower()
    assert "Verified: pages reach you here" in client.post(f"{path}code/", {"code": code}, follow=True).content.decode()
    client.post(f"{path}test/")
    run_engine()
    assert phone.sent[-1].title == "Test message from Tocsin"
    assert "250 taken" in read(client, path)


def test_a_refused_address_is_named_beside_its_field_and_kept(mia: Actor, phone: Phone) -> None:
    answer = signed_in(mia).post("/settings/contact/add/test-phone/", {"address": "0151 22", "label": "Work"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Begin the number with + and the country." in page
    assert 'value="0151 22"' in page
    assert 'value="Work"' in page


def test_who_has_nothing_proved_is_told_that_no_page_can_come(mia: Actor, phone: Phone) -> None:
    made = commands.add_destination(mia, kind="test-phone", address="+1", person_id=mia.person)
    client = signed_in(mia)
    assert "No page can reach you." in read(client)
    commands.change_destination(HOUSE, destination_id=made, enabled=False)
    assert "Switched off" in read(client)


def test_a_method_moves_up_and_is_switched_off_with_a_way_back(mia: Actor, phone: Phone) -> None:
    for number in ("+1", "+2", "+3"):
        commands.add_destination(HOUSE, kind="test-phone", address=number, person_id=mia.person, vouched=True)
    client = signed_in(mia)
    last = queries.destinations(mia, mia.person)[-1]
    client.post(f"/settings/contact/{last.id}/earlier/")
    assert [view.address for view in queries.destinations(mia, mia.person)] == ["+1", "+3", "+2"]
    page = client.post(f"/settings/contact/{last.id}/switch/off/", follow=True).content.decode()
    assert "Undo" in page
    assert f"/settings/contact/{last.id}/switch/on/" in page
    assert not queries.destinations(mia, mia.person)[1].enabled


def test_a_method_goes_only_after_its_name_was_typed(mia: Actor, phone: Phone) -> None:
    made = commands.add_destination(mia, kind="test-phone", address="+1", person_id=mia.person, label="Old phone")
    client = signed_in(mia)
    name = next(iter(re.findall(r'name="(\w+)"[^>]*data-typed', read(client, f"/settings/contact/{made}/remove/"))))
    assert client.post(f"/settings/contact/{made}/remove/", {name: "old"}).status_code == 422
    client.post(f"/settings/contact/{made}/remove/", {name: "Old phone"})
    assert queries.destinations(mia, mia.person) == []


def test_a_kept_secret_is_never_shown_and_stays_when_left_empty(mia: Actor, phone: Phone) -> None:
    made = commands.add_destination(
        mia, kind="test-phone", address="+1", person_id=mia.person, config={"pin": "hush-4711"}
    )
    client = signed_in(mia)
    assert "hush-4711" not in read(client, f"/settings/contact/{made}/")
    client.post(f"/settings/contact/{made}/", {"address": "+1", "pin": "", "label": "New name"})
    view = queries.destinations(mia, mia.person)[0]
    assert (view.label, view.config) == ("New name", {"pin": "hush-4711"})


def test_nobody_reaches_another_persons_method_not_even_an_administrator(mia: Actor, phone: Phone) -> None:
    made = commands.add_destination(mia, kind="test-phone", address="+49 151 9", person_id=mia.person, label="Mine")
    chief = person("Chief", Role.ADMINISTRATOR)
    for path in ("", "remove/"):
        assert signed_in(chief).get(f"/settings/contact/{made}/{path}").status_code == 404
    for path in ("code/", "new-code/", "test/", "earlier/", "switch/off/"):
        assert signed_in(chief).post(f"/settings/contact/{made}/{path}", {"code": "1"}).status_code == 404
    page = read(signed_in(chief), f"/settings/people/{mia.person}/")
    assert "Not verified" in page
    assert "+49 151 9" not in page


def test_many_methods_cost_no_more_queries_than_few(mia: Actor, phone: Phone) -> None:
    client, counts = signed_in(mia), []
    for start, most in ((0, 3), (3, 30)):
        for number in range(start, most):
            commands.add_destination(HOUSE, kind="test-phone", address=f"+{number}", person_id=mia.person)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            read(client)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 20


def test_a_method_that_is_opened_elsewhere_shows_by_itself_that_it_was(mia: Actor) -> None:
    made = commands.add_destination(mia, kind="telegram", address="", person_id=mia.person)
    waiting = read(signed_in(mia), f"/settings/contact/{made}/")
    assert "Waits to be opened" in waiting
    assert 'hx-select="#proof" hx-select-oob="#standing"' in waiting
    start = queries.destinations(mia, mia.person)[0].address
    commands.claim_destination(HOUSE, kind="telegram", start=start, address="4242", hint="@mia")
    opened = read(signed_in(mia), f"/settings/contact/{made}/")
    assert "Send me a test page" in opened
    assert "every 3s" not in opened.partition('id="proof"')[2].partition(">")[0]
