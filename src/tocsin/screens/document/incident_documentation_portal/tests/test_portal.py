"""The portal and one report, as browsers meet them."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tocsin.core.engine.testing import run_engine
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.incidents import commands as incidents
from tocsin.domain.knowledge import commands, queries
from tocsin.kernel.actor import Actor, Role, system
from tocsin.kernel.clock import now

HOUSE = system("test")
PAGE = "/incidents/INC-1/report/"
pytestmark = pytest.mark.django_db


def person(name: str, *roles: Role) -> Actor:
    return actor_of(accounts.add_person(HOUSE, email=f"{name.lower()}@example.org", name=name, roles=roles))


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(id=actor.person), "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def amina() -> Actor:
    return person("Amina", Role.COMMANDER)


@pytest.fixture
def desk(amina: Actor) -> Client:
    """Amina's, with INC-1 declared."""
    incidents.declare(amina, title="Checkout fails", kind="disruption", severity="critical", page=False)
    return signed_in(amina)


@pytest.fixture
def report(amina: Actor, desk: Client) -> str:
    """The report of INC-1."""
    return commands.generate_report(amina, incident="INC-1")


def text(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, response.content[:500]
    return response.content.decode()


def test_an_incident_without_a_report_offers_to_generate_one(desk: Client) -> None:
    assert "Generate Incident Report" in text(desk, PAGE)
    made = desk.post(f"{PAGE}generate/", follow=True).content.decode()
    assert "Generated the report of INC-1" in made
    assert "Checkout fails" in made
    assert 'role="img"' in made


def test_looking_at_a_report_changes_nothing(desk: Client, amina: Actor, report: str) -> None:
    before = queries.report(amina, report)
    for path in (PAGE, f"{PAGE}?edit=cause", f"{PAGE}files/", f"{PAGE}files/html/", f"{PAGE}review/submit/"):
        text(desk, path)
    assert queries.report(amina, report) == before
    assert desk.get(f"{PAGE}generate/").status_code == 405


def test_a_part_is_written_and_kept_through_a_regeneration(desk: Client, report: str) -> None:
    given = {"text": "Nobody watched the disk.\n\n- <script>alert(1)</script>", "version": "0"}
    assert desk.post(f"{PAGE}part/cause/", given).status_code == 302
    desk.post(f"{PAGE}generate/")
    page = text(desk, PAGE)
    assert "Nobody watched the disk." in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_who_saves_second_sees_both_texts(desk: Client, amina: Actor, report: str) -> None:
    commands.save_section(amina, report_id=report, section="impact", text="Hers, first", version=0)
    answer = desk.post(f"{PAGE}part/impact/", {"text": "His, second", "version": "0"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Hers, first" in page
    assert "His, second" in page
    assert "Saved by someone else meanwhile" in page
    assert desk.post(f"{PAGE}part/impact/", {"text": "Both", "version": "1"}).status_code == 302
    assert queries.report(amina, report).sections["impact"].text == "Both"


def test_a_text_that_is_too_long_is_refused_and_stays_in_the_form(desk: Client, report: str) -> None:
    answer = desk.post(f"{PAGE}part/impact/", {"text": "Kept words " * 20_000, "version": "0"})
    assert answer.status_code == 422
    assert "at most 200,000 characters" in answer.content.decode().lower()
    assert "Kept words Kept words" in answer.content.decode()


def test_lessons_are_kept_edited_dismissed_and_taken_back(desk: Client, amina: Actor, report: str) -> None:
    proposed = queries.report(amina, report).proposed
    assert proposed
    where = f"{PAGE}lessons/{proposed[0].id}/"
    desk.post(where, {"state": "dismissed"})
    assert queries.report(amina, report).dismissed[0].id == proposed[0].id
    desk.post(f"{where}?state=proposed")
    desk.post(where, {"text": "Watch the disk.", "version": str(queries.report(amina, report).proposed[0].version)})
    assert "Watch the disk." in [each.text for each in queries.report(amina, report).lessons]
    desk.post(f"{PAGE}lessons/", {"kind": "recommendation", "text": "Buy a bigger disk."})
    assert "Buy a bigger disk." in text(desk, PAGE)
    assert desk.post(f"{PAGE}lessons/", {"kind": "recommendation", "text": ""}).status_code == 422


def test_action_items_are_added_changed_and_done(desk: Client, amina: Actor, report: str) -> None:
    given = {"title": "Alert on disk space", "owner": amina.person, "due_at": "", "link": "https://example.org/T-1"}
    assert desk.post(f"{PAGE}items/", given).status_code == 302
    item = queries.report(amina, report).items[0]
    assert desk.post(f"{PAGE}items/", {**given, "link": "javascript:alert(1)"}).status_code == 422
    answer = desk.post(f"{PAGE}items/{item.id}/", {**given, "title": "Alert at 80 %", "version": "1"})
    assert answer.status_code == 302
    assert "Alert at 80 %" in text(desk, "/reports/action-items/")
    desk.post(f"{PAGE}items/{item.id}/state/", {"state": "done"})
    assert queries.report(amina, report).items[0].state == "done"
    assert "Nothing is to be done" in text(desk, "/reports/action-items/")


def test_the_review_is_walked_with_buttons(desk: Client, amina: Actor, report: str) -> None:
    for verb, note in (("submit", ""), ("ask_for_changes", "Name the cause"), ("submit", ""), ("approve", "Well done")):
        version = str(queries.report(amina, report).version)
        answer = desk.post(f"{PAGE}review/{verb}/", {"version": version, "note": note})
        assert answer.status_code == 302, verb
    assert desk.post(f"{PAGE}review/reopen/", {"note": ""}).status_code == 422
    page = text(desk, PAGE)
    assert "Approved" in page
    assert "Name the cause" in page
    assert "Publish" in page
    assert "?edit=" not in page


def test_an_approval_of_what_was_not_read_is_refused(desk: Client, amina: Actor, report: str) -> None:
    commands.submit(amina, report_id=report)
    read = str(queries.report(amina, report).version)
    commands.save_section(amina, report_id=report, section="cause", text="Changed since", version=0)
    answer = desk.post(f"{PAGE}review/approve/", {"version": read, "note": "Fine"})
    assert answer.status_code == 422
    assert "changed since you read it" in answer.content.decode()


def test_files_are_downloads(desk: Client, report: str) -> None:
    html = desk.get(f"{PAGE}files/html/")
    assert html["Content-Disposition"] == 'attachment; filename="INC-1-report.html"'
    assert "default-src 'none'" in html.content.decode()
    assert desk.get(f"{PAGE}files/json/").json()["schema"] == "tocsin.report/1"
    assert desk.get(f"{PAGE}files/md/").content.startswith(b"# INC-1")
    assert desk.get(f"{PAGE}files/pdf/").status_code == 302
    assert "being typeset" in text(desk, f"{PAGE}files/")
    run_engine()
    assert desk.get(f"{PAGE}files/pdf/").content.startswith(b"%PDF")
    assert "PDF/UA" in text(desk, f"{PAGE}files/")
    assert desk.get(f"{PAGE}files/exe/").status_code == 404


def test_the_portal_says_which_incident_lacks_a_report(desk: Client, amina: Actor) -> None:
    incidents.resolve(amina, incident="INC-1", reason="It is a test")
    incidents.declare(amina, title="Search slow", kind="disruption", severity="low", page=False)
    page = text(desk, "/reports/")
    assert "Checkout fails" in page
    assert "Search slow" in page
    lacking = text(desk, "/reports/?lacking=yes")
    assert "Checkout fails" in lacking
    assert "Search slow" not in lacking
    commands.generate_report(amina, incident="INC-1")
    assert "Checkout fails" not in text(desk, "/reports/?lacking=yes")
    assert "Checkout fails" in text(desk, "/reports/?review=draft")
    assert "INC-1" in text(desk, "/reports/?format=csv")


def test_words_of_a_report_find_its_incident(desk: Client, amina: Actor, report: str) -> None:
    commands.save_section(amina, report_id=report, section="cause", text="The Zwetschge was ripe", version=0)
    incidents.declare(amina, title="Search slow", kind="disruption", severity="low", page=False)
    found = text(desk, "/reports/?q=zwetschge")
    assert "Checkout fails" in found
    assert "Search slow" not in found
    assert "No row fits" in text(desk, "/reports/?q=nothinglikeit")


def test_an_empty_portal_says_what_will_appear(amina: Actor) -> None:
    assert "No incidents yet" in text(signed_in(amina), "/reports/")
    assert "Nothing is to be done" in text(signed_in(amina), "/reports/action-items/")


def test_a_viewer_reads_and_cannot_write(desk: Client, report: str) -> None:
    vera = signed_in(person("Vera", Role.VIEWER))
    page = text(vera, PAGE)
    assert "Checkout fails" in page
    assert "?edit=" not in page
    assert "Ask for review" not in page
    assert vera.post(f"{PAGE}generate/").status_code == 403
    assert vera.post(f"{PAGE}part/cause/", {"text": "x", "version": "0"}).status_code in {403, 422}


def test_the_pages_ask_as_much_for_thirty_as_for_three(desk: Client, amina: Actor, report: str) -> None:
    def asked(path: str) -> int:
        desk.get(path)
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert desk.get(path).status_code == 200
        return len(found)

    def more(count: int) -> None:
        for n in range(count):
            id_ = incidents.declare(amina, title=f"Trouble {n}", kind="disruption", severity="low", page=False)
            made = commands.generate_report(amina, incident=id_)
            commands.add_action_item(amina, report_id=made, title=f"Mend {n}", owner=amina.person)
            commands.add_action_item(amina, report_id=report, title=f"Mend {n}", due_at=now() + timedelta(days=n))
            commands.add_lesson(amina, report_id=report, kind="lesson", text=f"Learned {n}")

    more(3)
    paths = ("/reports/?sort=-began", "/reports/action-items/", PAGE)
    few = [asked(path) for path in paths]
    more(12)
    assert [asked(path) for path in paths] == few
