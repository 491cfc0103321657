"""The editor as browsers meet it: who may what, input that is kept, files in and out."""

from collections.abc import Callable

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tocsin.domain.accounts import commands as accounts
from tocsin.domain.catalog import commands as catalog
from tocsin.domain.incidents import commands as incidents
from tocsin.domain.incidents import queries as incident_queries
from tocsin.domain.statuspage import commands, queries
from tocsin.kernel.actor import Role, system

HOUSE = system("test")
pytestmark = pytest.mark.django_db


def signed_in(role: Role) -> Client:
    made = accounts.add_person(HOUSE, email=f"{role}@example.org", name=role.value.capitalize(), roles=[role])
    client = Client()
    client.force_login(get_user_model().objects.get(id=made), "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def cora() -> Client:
    return signed_in(Role.COMMUNICATOR)


@pytest.fixture
def checkout() -> str:
    commands.save_page(HOUSE, name="Larkfield")
    id_ = commands.add_component(HOUSE, name="Checkout")
    return next(one.code for one in queries.components(HOUSE) if one.id == id_)


def opened(checkout: str) -> str:
    id_ = commands.open_incident(
        HOUSE,
        title="Checkout fails",
        status="investigating",
        body="Cards are refused.",
        components={checkout: "major_outage"},
    )
    return queries.incident(HOUSE, id_).code


PAGES = {
    "/settings/status-page/": (200, 200),
    "/settings/status-page/components/": (200, 200),
    "/settings/status-page/components/add/": (200, 403),
    "/settings/status-page/components/nothing/": (404, 403),
    "/settings/status-page/groups/add/": (200, 403),
    "/settings/status-page/texts/": (200, 200),
    "/settings/status-page/texts/add/": (200, 403),
    "/settings/status-page/subscribers/": (200, 403),
    "/settings/status-page/subscribers/export/": (200, 403),
    "/settings/status-page/subscribers/import/": (200, 403),
    "/communications/status-page/": (200, 200),
    "/communications/internal-status/": (200, 200),
    "/communications/internal-status/parts/": (200, 200),
    "/communications/status-page/incidents/": (200, 200),
    "/communications/status-page/incidents/new/": (200, 403),
    "/communications/status-page/maintenance/new/": (200, 403),
    "/communications/status-page/incidents/nothing/": (404, 404),
}


@pytest.mark.parametrize("path", PAGES)
def test_each_page_answers_communicators_viewers_and_strangers_as_declared(path: str, cora: Client) -> None:
    assert cora.get(path).status_code == PAGES[path][0]
    assert signed_in(Role.VIEWER).get(path).status_code == PAGES[path][1]
    assert Client().get(path)["Location"].startswith("/accounts/login/")


def test_the_page_is_set_up_and_its_components_are_ordered(cora: Client) -> None:
    fields = {"name": "Larkfield", "published": "on", "time_zone": "Europe/Lisbon", "language": "en", "about": "Hi"}
    assert cora.post("/settings/status-page/", fields).status_code == 302
    page = queries.page(HOUSE)
    assert page
    assert (page.name, page.time_zone, page.published) == ("Larkfield", "Europe/Lisbon", True)
    for name in ("Checkout", "Search"):
        cora.post("/settings/status-page/components/add/", {"name": name, "showcase": "on"})
    second = queries.components(HOUSE)[1]
    cora.post(f"/settings/status-page/components/{second.code}/move/", {"to": "up"})
    assert [one.name for one in queries.components(HOUSE)] == ["Search", "Checkout"]


def test_a_component_that_an_incident_names_stays_and_the_answer_says_why(cora: Client, checkout: str) -> None:
    opened(checkout)
    answer = cora.post(f"/settings/status-page/components/{checkout}/remove/", {"confirm": "Checkout"})
    assert answer.status_code == 409
    assert "names Checkout and is not over" in answer.content.decode()
    assert len(queries.components(HOUSE)) == 1


def test_an_incident_is_opened_with_three_presses_and_its_input_is_kept_on_error(cora: Client, checkout: str) -> None:
    form = cora.get("/communications/status-page/incidents/new/").context["form"]
    given = {
        "key": form["key"].value(),
        "title": "Checkout fails",
        "status": "investigating",
        "body": "",
        f"component_{checkout}": "partial_outage",
        "notify": "on",
    }
    page = cora.post("/communications/status-page/incidents/new/", given)
    assert page.status_code == 422
    assert 'value="Checkout fails"' in page.content.decode()
    given["body"] = "Cards are **refused**."
    assert cora.post("/communications/status-page/incidents/new/", given).status_code == 302
    assert cora.post("/communications/status-page/incidents/new/", given).status_code == 302
    [row] = queries.incidents(HOUSE)
    assert (row.title, row.impact, len(row.updates)) == ("Checkout fails", "major", 1)
    assert "<strong>refused</strong>" in cora.get(f"/communications/status-page/incidents/{row.code}/").content.decode()


def test_a_preview_publishes_nothing(cora: Client, checkout: str) -> None:
    given = {
        "key": "form:x",
        "title": "T",
        "status": "investigating",
        "body": "**bold** <script>x</script>",
        "do": "preview",
    }
    page = cora.post("/communications/status-page/incidents/new/", given).content.decode()
    assert "<strong>bold</strong> &lt;script&gt;x" in page
    assert queries.incidents(HOUSE) == []


def test_the_second_of_two_writers_hears_of_the_first_and_keeps_the_text(cora: Client, checkout: str) -> None:
    code = opened(checkout)
    url = f"/communications/status-page/incidents/{code}/"
    form = cora.get(url).context["form"]
    given = {"key": form["key"].value(), "version": form["version"].value(), "status": "identified", "notify": "on"}
    commands.post_update(HOUSE, public_incident_id=code, status="identified", body="It is the disk.")
    page = cora.post(url, {**given, "body": "It is the network."})
    assert page.status_code == 422
    assert "Someone else published an update" in page.content.decode()
    assert "It is the network." in page.content.decode()
    assert len(queries.incident(HOUSE, code).updates) == 2


def test_who_told_the_public_that_it_is_over_reads_that_inside_it_is_not(cora: Client, checkout: str) -> None:
    ours = incident_queries.row(HOUSE, incidents.declare(HOUSE, title="db-1", kind="disruption", severity="critical"))
    given = {"title": "", "components": {checkout: "major_outage"}, "incident": ours.id}
    code = commands.open_incident(HOUSE, status="investigating", body="Cards are refused.", **given)
    url = f"/communications/status-page/incidents/{queries.incident(HOUSE, code).code}/"
    page = cora.get(url).content.decode()
    assert f'href="{ours.url}">{ours.reference}</a>' in page
    assert "is over" not in page
    commands.post_update(HOUSE, public_incident_id=code, status="resolved", body="Cards work.")
    assert f"The public reads that it is over; {ours.reference} is Triaged." in cora.get(url).content.decode()


def test_maintenance_is_announced_moved_and_taken_off(cora: Client, checkout: str) -> None:
    form = cora.get("/communications/status-page/maintenance/new/").context["form"]
    given = {
        "key": form["key"].value(),
        "title": "New disks",
        "body": "Short breaks.",
        "components": [checkout],
        "scheduled_for": "2099-01-01T10:00",
        "scheduled_until": "2099-01-01T11:00",
        "by_itself": "on",
    }
    assert cora.post("/communications/status-page/maintenance/new/", given).status_code == 302
    [row] = queries.incidents(HOUSE, kind="maintenance")
    url = f"/communications/status-page/incidents/{row.code}/"
    times = {"version": row.version, "scheduled_for": "2099-01-02T10:00", "scheduled_until": "2099-01-02T11:00"}
    cora.post(f"{url}times/", times)
    [row] = queries.incidents(HOUSE, kind="maintenance")
    assert row.scheduled_for
    assert row.scheduled_for.day == 2
    cora.post(f"{url}retract/", {"reason": "Not needed."})
    assert queries.incident(HOUSE, row.code).retracted_at
    assert cora.get(url).status_code == 200


def test_a_list_of_subscribers_goes_in_with_its_faults_named_and_comes_out_safe(cora: Client) -> None:
    commands.save_page(HOUSE, name="Larkfield")
    text = "address\nann@example.org\nnot an address\nann@EXAMPLE.org\n=cmd@example.org\n"
    upload = SimpleUploadedFile("list.csv", text.encode())
    page = cora.post("/settings/status-page/subscribers/import/", {"file": upload}).content.decode()
    assert "2 added." in page
    assert "Line 3" in page
    exported = b"".join(cora.get("/settings/status-page/subscribers/export/").streaming_content).decode()  # type: ignore[attr-defined]
    assert "'=cmd@example.org" in exported
    again = SimpleUploadedFile("list.csv", exported.encode())
    assert "0 added." in cora.post("/settings/status-page/subscribers/import/", {"file": again}).content.decode()


def test_agreed_texts_are_offered_where_they_fit(cora: Client, checkout: str) -> None:
    cora.post("/settings/status-page/texts/add/", {"name": "Looking", "status": "investigating", "body": "We look."})
    cora.post("/settings/status-page/texts/add/", {"name": "Begun", "status": "in_progress", "body": "It began."})
    page = cora.get("/communications/status-page/incidents/new/").content.decode()
    assert "We look." in page
    assert "It began." not in page


def test_the_pages_take_the_same_queries_for_three_incidents_and_for_thirty(cora: Client, checkout: str) -> None:
    paths = (
        "/communications/status-page/",
        "/communications/status-page/incidents/",
        "/communications/internal-status/",
        "/settings/status-page/components/",
        "/settings/status-page/subscribers/",
    )

    def fill(number: int) -> None:
        commands.add_component(HOUSE, name=f"C{number}")
        commands.open_incident(
            HOUSE, title=f"I{number}", status="investigating", body="x", components={checkout: "partial_outage"}
        )
        commands.import_subscribers(HOUSE, rows=[[f"a{number}@example.org"]])

    def count(get: Callable[[str], object], path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            get(path)
        return len(captured)

    for number in range(3):
        fill(number)
    before = [count(cora.get, path) for path in paths]
    for number in range(3, 30):
        fill(number)
    assert [count(cora.get, path) for path in paths] == before


def test_from_an_incident_the_form_knows_its_components_and_the_incident_shows_what_is_public(
    cora: Client, checkout: str
) -> None:
    service = catalog.add_service(HOUSE, name="Checkout")
    commands.change_component(HOUSE, component_id=checkout, service_id=service)
    id_ = incidents.declare(
        HOUSE, title="db-1 is gone", kind="disruption", severity="critical", services=[service], page=False
    )
    reference = incident_queries.row(HOUSE, id_).reference
    assert "knows nothing of it yet" in cora.get(f"/incidents/{reference}/status-page/").content.decode()
    form = cora.get(f"/communications/status-page/incidents/new/?incident={reference}").context["form"]
    assert form[f"component_{checkout}"].value() == "major_outage"
    given = {name: form[name].value() or "" for name in form.fields} | {"body": "Cards are refused."}
    assert cora.post("/communications/status-page/incidents/new/", given).status_code == 302
    page = cora.get(f"/incidents/{reference}/status-page/").content.decode()
    assert "Cards are refused." in page
    assert queries.incidents(HOUSE)[0].title == "Problems with Checkout"
