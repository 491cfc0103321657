"""Legal clocks as people meet them: proposed, started, submitted, put aside with a reason, as CSV and iCal."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.test import Client
from icalendar import Calendar

from tocsin.domain.accounts import commands as accounts
from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.incidents import commands as incidents
from tocsin.domain.incidents import queries as incident_queries
from tocsin.domain.obligations import queries
from tocsin.kernel.actor import Actor, Role, system

HOUSE = system("test")
NIGHT = datetime(2026, 11, 24, 2, 47, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def person(name: str, *roles: Role) -> Actor:
    email = f"{name.split()[0].lower()}@example.org"
    return actor_of(accounts.add_person(HOUSE, email=email, name=name, roles=roles, time_zone="UTC"))


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(id=actor.person), "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def night() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NIGHT, tick=False) as clock:
        yield clock


@pytest.fixture
def amina(night: time_machine.Traveller) -> Actor:
    return person("Amina Diallo", Role.COMMANDER)


@pytest.fixture
def ref(amina: Actor) -> str:
    made = incidents.declare(amina, title="Leak of customers", kind="security", severity="critical", page=False)
    return incident_queries.row(amina, made).reference


def see(client: Client, path: str, **asked: str) -> str:
    response = client.get(path, asked)
    assert response.status_code == 200
    return response.content.decode()


def known(amina: Actor, ref: str, **said: str) -> dict[str, str]:
    """The form as the browser would send it."""
    row = incident_queries.row(amina, ref)
    found = queries.legal(amina, row.id, row.kind)
    return {fact.key: "unknown" for fact in found.facts} | {"version": str(found.version)} | said


def test_from_a_proposal_to_a_submitted_report_and_its_line_in_the_register(
    amina: Actor, ref: str, night: time_machine.Traveller
) -> None:
    client, here = signed_in(amina), f"/incidents/{ref}/legal-clocks/"
    assert "No clock runs" in see(client, here)
    said = known(amina, ref, personal_data="yes", aware="2026-11-24T02:00")
    assert client.post(here, said).status_code == 302
    page = see(client, here)
    assert "Personal data is affected: yes." in page
    assert "Likely" in page
    assert client.post(f"{here}start/gdpr/", {"reason": "Names and addresses"}).status_code == 302
    page = see(client, here)
    assert "Notification of the breach" in page
    assert "Art. 33(1)" in page
    duty = next(
        o for o in queries.legal(amina, incident_queries.row(amina, ref).id, "security").obligations if o.due_at
    )
    night.shift(timedelta(hours=2))
    assert client.post(f"{here}submit/{duty.id}/", {"reference": "DPA-9"}).status_code == 302
    assert "Submitted" in see(client, here)
    assert "DPA-9" in see(client, f"{here}register/")
    table = client.get("/legal-register/", {"format": "csv"}).content.decode("utf-8-sig")
    assert "Names and addresses" in table
    assert "Amina Diallo" in see(client, "/legal-register/")


def test_running_clocks_are_drawn_with_the_deadlines_and_go_into_the_calendar(amina: Actor, ref: str) -> None:
    client = signed_in(amina)
    client.post(f"/incidents/{ref}/legal-clocks/", known(amina, ref, aware="2026-11-24T02:00"))
    client.post(f"/incidents/{ref}/legal-clocks/start/nis2/")
    page = see(client, f"/incidents/{ref}/deadlines/")
    assert "NIS2: Early warning: owed, due" in page
    assert "Starts when &#x27;Incident notification&#x27; is submitted." in page
    events = Calendar.from_ical(client.get(f"/incidents/{ref}/deadlines/calendar").content).walk("VEVENT")
    warning = next(e for e in events if "Early warning" in str(e["summary"]))
    assert warning["dtstart"].dt == datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


def test_another_moment_shows_what_it_would_bring_and_keeps_nothing(amina: Actor, ref: str) -> None:
    client = signed_in(amina)
    client.post(f"/incidents/{ref}/legal-clocks/", known(amina, ref, personal_data="yes"))
    page = see(client, f"/incidents/{ref}/deadlines/", at="2026-11-20T08:00", severity="high")
    assert "GDPR: Notification of the breach" in page
    assert "23 Nov" in page
    assert not queries.legal(amina, incident_queries.row(amina, ref).id, "security").obligations


def test_a_refusal_names_the_field_and_keeps_what_was_typed(amina: Actor, ref: str) -> None:
    client, here = signed_in(amina), f"/incidents/{ref}/legal-clocks/"
    response = client.post(here, known(amina, ref, aware="2026-11-24T23:00"))
    assert response.status_code == 422
    assert "This lies ahead" in response.content.decode()
    response = client.post(f"{here}set-aside/gdpr/", {"reason": ""})
    assert response.status_code == 422
    assert client.get(f"{here}dance/gdpr/").status_code == 404
    assert client.get(f"{here}start/martian-law/").status_code == 404


def test_a_restricted_incident_has_no_clocks_for_others(amina: Actor, ref: str) -> None:
    ben = signed_in(person("Ben Okafor", Role.RESPONDER))
    for path in (f"/incidents/{ref}/legal-clocks/", f"/incidents/{ref}/legal-clocks/register/"):
        assert ben.get(path).status_code == 404


def test_clocks_that_were_started_without_their_moment_say_what_is_missing(amina: Actor, ref: str) -> None:
    client, here = signed_in(amina), f"/incidents/{ref}/legal-clocks/"
    page = client.post(f"{here}start/nis2/", {"reason": ""}, follow=True).content.decode()
    assert "No clock of it runs yet: say under" in page
    assert page.count('href="#known">Say when</a>') == 2, "the reports that follow from others wait for those"
    client.post(here, known(amina, ref, aware="2026-11-24T02:00"))
    assert "Say when" not in see(client, here)


def running(amina: Actor, ref: str, aware: str = "2026-11-24T02:00") -> Client:
    client = signed_in(amina)
    client.post(f"/incidents/{ref}/legal-clocks/", known(amina, ref, aware=aware))
    client.post(f"/incidents/{ref}/legal-clocks/start/gdpr/")
    return client


def test_whoever_starts_clocks_that_run_is_told_by_whom_and_asked_nothing(amina: Actor, ref: str) -> None:
    client, start = running(amina, ref), f"/incidents/{ref}/legal-clocks/start/gdpr/"
    for response in (client.get(start, follow=True), client.post(start, {"reason": "Twice"}, follow=True)):
        page = response.content.decode()
        assert response.redirect_chain
        assert "The clocks of GDPR run already: Amina Diallo started them 02:47. Nothing was changed." in page


def test_a_running_clock_stands_wherever_people_look_for_what_is_due(amina: Actor, ref: str) -> None:
    client = running(amina, ref, aware="2026-11-21T12:00")
    hub = see(client, f"/incidents/{ref}/")
    assert f'<a href="/incidents/{ref}/legal-clocks/">GDPR, Notification of the breach</a>' in hub
    assert "GDPR at risk" in hub
    assert "legal clock" in see(client, "/")
    assert "GDPR, Notification of the breach" in see(client, "/legal-register/").partition("<table")[0]


def test_the_timeline_says_when_on_its_readers_wall(amina: Actor, ref: str) -> None:
    accounts.change_person(HOUSE, person_id=amina.person, time_zone="Europe/Berlin")
    client = running(amina, ref)
    duty = queries.legal(amina, incident_queries.row(amina, ref).id, "security").obligations[0]
    client.post(f"/incidents/{ref}/legal-clocks/submit/{duty.id}/", {"at": "2026-11-24T03:30"})
    for path in (f"/incidents/{ref}/", "/legal-register/", f"/incidents/{ref}/log/"):
        page = see(client, path)
        assert "submitted to Supervisory authority at 03:30 CET" in page
        assert "02:30 UTC" not in page.partition("submitted to Supervisory")[2][:60]


def test_what_the_incident_knows_of_a_moment_is_put_in_by_a_press_and_kept_by_another(amina: Actor, ref: str) -> None:
    client, here = signed_in(amina), f"/incidents/{ref}/legal-clocks/"
    assert 'name="take" value="occurred"' in see(client, here)
    response = client.post(here, known(amina, ref, personal_data="yes", take="occurred", reason="The log"))
    page = response.content.decode()
    assert response.status_code == 200
    assert 'value="2026-11-24T02:47"' in page
    assert 'value="The log"' in page
    assert "is needed" not in page
    assert queries.register(amina) == []


def test_a_late_report_is_asked_for_its_reasons_on_the_viewers_wall(amina: Actor, ref: str) -> None:
    accounts.change_person(HOUSE, person_id=amina.person, time_zone="Europe/Berlin")
    client = running(amina, ref, aware="2026-11-20T12:00")
    duty = queries.legal(amina, incident_queries.row(amina, ref).id, "security").obligations[0]
    response = client.post(f"/incidents/{ref}/legal-clocks/submit/{duty.id}/", {})
    assert "It was due at 23 Nov, 12:00 CET; write the reasons for the delay." in response.content.decode()
