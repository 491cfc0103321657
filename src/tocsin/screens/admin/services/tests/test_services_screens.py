"""The catalogue as browsers meet it: owners, circles, files."""

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tocsin.domain.accounts import commands as accounts
from tocsin.domain.catalog import commands, queries
from tocsin.kernel.actor import Role, system

HOUSE = system("test")
pytestmark = pytest.mark.django_db


def signed_in(role: Role) -> Client:
    made = accounts.add_person(HOUSE, email=f"{role}@example.org", name=role.value.capitalize(), roles=[role])
    client = Client()
    client.force_login(get_user_model().objects.get(id=made), "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def admin() -> Client:
    return signed_in(Role.ADMINISTRATOR)


def fields(name: str, **more: object) -> dict[str, object]:
    return {"name": name, "kind": "service", "tier": "2", "owner_team": "", "description": "", **more}


PAGES = {
    "/settings/services/": (200, 200),
    "/settings/services/checkout/": (200, 200),
    "/settings/services/nothing/": (404, 404),
    "/settings/catalogue/add/": (200, 403),
    "/settings/catalogue/import/": (200, 403),
    "/settings/catalogue/export/": (200, 200),
}


@pytest.mark.parametrize("path", PAGES)
def test_each_page_answers_administrators_viewers_and_strangers_as_declared(path: str, admin: Client) -> None:
    commands.add_service(HOUSE, name="Checkout")
    assert admin.get(path).status_code == PAGES[path][0]
    assert signed_in(Role.VIEWER).get(path).status_code == PAGES[path][1]
    assert Client().get(path)["Location"].startswith("/accounts/login/")


def test_a_viewer_changes_nothing(admin: Client) -> None:
    commands.add_service(HOUSE, name="Checkout")
    viewer = signed_in(Role.VIEWER)
    for path in ("/settings/services/checkout/", "/settings/services/checkout/remove/"):
        assert viewer.post(path, {**fields("Other"), "confirm": "Checkout"}).status_code == 403
    assert [view.name for view in queries.services(HOUSE)] == ["Checkout"]


def test_a_service_is_added_with_what_it_needs_and_shown_from_both_sides(admin: Client) -> None:
    database = commands.add_service(HOUSE, name="Database")
    assert admin.post("/settings/catalogue/add/", fields("Checkout", needs=[database])).status_code == 302
    assert "Checkout" in admin.get("/settings/services/database/").content.decode()
    assert "directly" in admin.get("/settings/services/checkout/").content.decode()


def test_a_circle_is_refused_beside_the_field_and_nothing_of_the_form_is_kept(admin: Client) -> None:
    database = commands.add_service(HOUSE, name="Database")
    checkout = commands.add_service(HOUSE, name="Checkout")
    commands.set_dependencies(HOUSE, service_id=checkout, needs=[database])
    page = admin.post("/settings/services/database/", fields("Renamed", needs=[checkout]))
    assert page.status_code == 422
    assert "checkout needs database needs checkout" in page.content.decode()
    assert queries.service(HOUSE, "database").name == "Database"


FILE = "services: [{slug: shop, name: The shop, needs: [pay]}, {slug: pay, name: Pay}]"


def test_a_file_shows_what_it_would_change_before_it_does(admin: Client) -> None:
    upload = SimpleUploadedFile("catalogue.yaml", FILE.encode())
    page = admin.post("/settings/catalogue/import/", {"file": upload}).content.decode()
    assert "+ service shop: The shop" in page
    assert queries.services(HOUSE) == []
    assert admin.post("/settings/catalogue/import/", {"text": FILE, "apply": "1"}).status_code == 302
    exported = admin.get("/settings/catalogue/export/").content.decode()
    assert "Nothing to change" in admin.post("/settings/catalogue/import/", {"text": exported}).content.decode()


def test_a_faulty_file_says_where_and_keeps_the_text(admin: Client) -> None:
    page = admin.post("/settings/catalogue/import/", {"text": "services: [{slug: Bad Slug}]"})
    assert page.status_code == 422
    assert "services[1].slug" in page.content.decode().lower()
    assert "Bad Slug}]" in page.content.decode()


def test_the_pages_take_the_same_queries_for_three_services_and_for_thirty(admin: Client) -> None:
    def count(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert admin.get(path).status_code == 200
        return len(captured)

    first = commands.add_service(HOUSE, name="First")
    for name in ("Second", "Third"):
        commands.set_dependencies(HOUSE, service_id=commands.add_service(HOUSE, name=name), needs=[first])
    paths = ("/settings/services/", "/settings/services/first/", "/settings/services/second/")
    before = [count(path) for path in paths]
    for number in range(30):
        commands.set_dependencies(HOUSE, service_id=commands.add_service(HOUSE, name=f"S{number}"), needs=[first])
    assert [count(path) for path in paths] == before
