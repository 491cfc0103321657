"""Checks as browsers meet them: add, try, change, run, remove, and the door for heartbeats."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tocsin.core.engine.testing import run_engine
from tocsin.core.outgoing.tests.peer import Peer, listening
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.catalog import commands as catalog
from tocsin.domain.monitoring import commands, queries
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


@pytest.fixture
def shop(settings: Any) -> Iterator[Peer]:
    settings.OUTGOING_ALLOW = ["127.0.0.1"]
    with listening() as peer:
        yield peer


def fields(target: str, **more: str) -> dict[str, str]:
    return {
        "name": "Shop",
        "target": target,
        "interval": "30s",
        "timeout": "5s",
        "severity": "high",
        "fail_after": "2",
        "recover_after": "2",
        **more,
    }


def test_a_check_is_tried_before_it_is_saved(admin: Client, shop: Peer) -> None:
    target = f"http://127.0.0.1:{shop.port}/"
    page = admin.post("/monitoring/checks/add/", fields(target, do="try"))
    assert "It passes now: 200 OK." in page.content.decode()
    assert target in page.content.decode()
    assert queries.checks(HOUSE) == []


def test_a_trial_that_fails_says_why_and_keeps_what_was_typed(admin: Client, shop: Peer) -> None:
    shop.replies("500 Internal Server Error")
    page = admin.post("/monitoring/checks/add/", fields(f"http://127.0.0.1:{shop.port}/", do="try", contains="Paid"))
    assert "It fails now: 500 Internal Server Error, expected 200-299." in page.content.decode()
    assert 'value="Paid"' in page.content.decode()


def test_a_check_is_added_asked_and_shown_with_its_answer(admin: Client, shop: Peer) -> None:
    catalog.add_service(HOUSE, name="Checkout")
    service = next(iter(queries_of_services()))
    made = admin.post("/monitoring/checks/add/", fields(f"http://127.0.0.1:{shop.port}/", service_id=service))
    assert "asked=" in made["Location"]
    waiting = admin.get(made["Location"]).content.decode()
    assert "waiting for the answer" in waiting
    run_engine()
    page = admin.get(made["Location"]).content.decode()
    assert "200 OK" in page
    assert "Checkout" in page


def queries_of_services() -> list[str]:
    from tocsin.domain.catalog import queries as services

    return [service.id for service in services.services(HOUSE)]


def test_a_wrong_field_is_named_and_the_input_stays(admin: Client) -> None:
    page = admin.post("/monitoring/checks/add/", fields("nonsense", contains="Paid"))
    assert page.status_code == 422
    assert "This is not a web address" in page.content.decode()
    assert 'value="Paid"' in page.content.decode()


@pytest.mark.parametrize("kind", ["http", "tcp", "tls", "dns", "heartbeat"])
def test_each_kind_has_a_form_of_its_own(admin: Client, kind: str) -> None:
    assert admin.get("/monitoring/checks/add/", {"kind": kind}).status_code == 200


def test_an_unknown_kind_is_not_found(admin: Client) -> None:
    assert admin.get("/monitoring/checks/add/", {"kind": "smoke"}).status_code == 404


def test_a_change_by_someone_else_meanwhile_is_not_overwritten(admin: Client) -> None:
    check = commands.add_check(HOUSE, name="Shop", target="https://shop.example.org/")
    commands.change_check(HOUSE, check_id=check, name="Shop front")
    late = admin.post(f"/monitoring/checks/{check}/change/", {**fields("https://a.example.org/"), "version": "0"})
    assert late.status_code == 422
    assert "Someone else changed this check meanwhile" in late.content.decode()
    assert queries.check(HOUSE, check).name == "Shop front"


def test_a_check_is_removed_only_with_its_name_typed(admin: Client) -> None:
    check = commands.add_check(HOUSE, name="Shop", target="https://shop.example.org/")
    admin.post(f"/monitoring/checks/{check}/do/remove/", {"confirm": "Chop"})
    assert queries.checks(HOUSE)
    admin.post(f"/monitoring/checks/{check}/do/remove/", {"confirm": "Shop"})
    assert queries.checks(HOUSE) == []


def test_a_job_calls_its_address_without_signing_in(admin: Client) -> None:
    check = commands.add_check(HOUSE, name="Backup", kind="heartbeat")
    page = admin.get(f"/monitoring/checks/{check}/").content.decode()
    path = f"/beat/{queries.heartbeat_token(HOUSE, check)}"
    assert path in page
    stranger = Client(enforce_csrf_checks=True)
    for call in (stranger.get, stranger.head, stranger.post):
        assert call(path).status_code == 200
    assert queries.check(HOUSE, check).state == "ok"
    assert stranger.get("/beat/guessed").status_code == 404
    assert path not in signed_in(Role.VIEWER).get(f"/monitoring/checks/{check}/").content.decode()


def test_names_of_others_are_shown_as_they_are(admin: Client) -> None:
    check = commands.add_check(HOUSE, name="<script>alert(1)</script>", target="https://shop.example.org/")
    for path in ("/monitoring/checks/", f"/monitoring/checks/{check}/", "/monitoring/"):
        assert "<script>alert(1)" not in admin.get(path).content.decode()


def test_the_list_goes_out_as_csv(admin: Client) -> None:
    commands.add_check(HOUSE, name="Shop", target="https://shop.example.org/")
    answer = admin.get("/monitoring/checks/?format=csv")
    assert "Shop" in b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode()


def test_pages_cost_the_same_with_3_and_30_checks(admin: Client) -> None:
    costs = []
    for wanted in (3, 30):
        for number in range(len(queries.checks(HOUSE)), wanted):
            commands.add_check(HOUSE, name=f"Shop {number}", target="https://shop.example.org/")
        with CaptureQueriesContext(
            connection,
        ) as made:
            assert admin.get("/monitoring/checks/").status_code == 200
        costs.append(len(made))
    assert costs[0] == costs[1]
