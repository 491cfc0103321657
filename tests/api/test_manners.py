"""How the API behaves around every operation: who asks, once or twice, how often, which version, which page."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from tocsin.api import limits
from tocsin.api.models import Remembered
from tocsin.api.workers import forget
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.accounts.models import User
from tocsin.domain.catalog import commands as catalog
from tocsin.domain.incidents import queries as incidents
from tocsin.kernel.actor import Role, system
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid

SYSTEM = system("test")


class Caller:
    """A program with a token."""

    def __init__(self, token: str) -> None:
        self.token = token

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        said = {"Authorization": f"Bearer {self.token}", **{k.replace("_", "-"): v for k, v in headers.items()}}
        return Client().generic(method, f"/api/v1{path}", raw, content_type="application/json", headers=said)


@pytest.fixture(autouse=True)
def full_buckets() -> Iterator[None]:
    limits.forget()
    cache.clear()
    yield
    limits.forget()


@pytest.fixture
def person(db: None) -> str:
    return accounts.add_person(SYSTEM, email="ada@example.org", name="Ada", roles=[Role.ADMINISTRATOR])


@pytest.fixture
def caller(person: str) -> Caller:
    return Caller(accounts.add_token(SYSTEM, name="script", scopes=["*"], owner=person))


DECLARE = {"title": "Checkout fails", "severity": "high", "page": False}


def test_a_refusal_is_a_problem_that_names_the_unknown_field(caller: Caller) -> None:
    answer = caller.ask("POST", "/incidents", {"titel": "x"})
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["field"] == "titel"
    assert "no such field" in answer.json()["detail"]


def test_an_unknown_parameter_is_refused_by_name(caller: Caller) -> None:
    assert caller.ask("GET", "/incidents?serverity=high").json()["field"] == "serverity"


def test_strangers_and_spent_tokens_get_401_with_a_way_in(caller: Caller) -> None:
    assert Client().get("/api/v1/incidents").status_code == 401
    answer = Caller("tocsin_nothing").ask("GET", "/incidents")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_session_needs_its_csrf_token_for_changes_and_none_for_reads(person: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(User.objects.get(id=person), backend="django.contrib.auth.backends.ModelBackend")
    assert browser.get("/api/v1/incidents").status_code == 200
    body = json.dumps(DECLARE)
    assert browser.post("/api/v1/incidents", body, content_type="application/json").status_code == 403
    browser.get("/")
    token = browser.cookies["csrftoken"].value
    answer = browser.post("/api/v1/incidents", body, content_type="application/json", headers={"X-CSRFToken": token})
    assert answer.status_code == 201


def test_the_same_key_does_the_request_once(caller: Caller) -> None:
    first = caller.ask("POST", "/incidents", DECLARE, Idempotency_Key="one")
    second = caller.ask("POST", "/incidents", DECLARE, Idempotency_Key="one")
    assert first.json()["reference"] == second.json()["reference"]
    assert second["Idempotency-Replayed"] == "true"
    assert incidents.incidents(SYSTEM).total == 1


def test_the_same_key_with_another_body_is_refused(caller: Caller) -> None:
    caller.ask("POST", "/incidents", DECLARE, Idempotency_Key="one")
    answer = caller.ask("POST", "/incidents", {**DECLARE, "title": "Other"}, Idempotency_Key="one")
    assert answer.status_code == 422
    assert answer.json()["field"] == "Idempotency-Key"


def test_a_request_that_is_being_worked_on_is_409_until_its_worker_is_given_up(caller: Caller) -> None:
    caller.ask("POST", "/incidents", DECLARE, Idempotency_Key="one")
    Remembered.objects.update(status=0)
    assert caller.ask("POST", "/incidents", DECLARE, Idempotency_Key="one").status_code == 409
    with time_machine.travel(now() + timedelta(minutes=3)):
        assert caller.ask("POST", "/incidents", DECLARE, Idempotency_Key="one").status_code == 201


def test_a_refusal_for_lack_of_a_right_is_not_kept(person: str) -> None:
    token = accounts.add_token(SYSTEM, name="reader", scopes=["incidents.view"], owner=person)
    assert Caller(token).ask("POST", "/incidents", DECLARE, Idempotency_Key="one").status_code == 403
    assert not Remembered.objects.exists()


def test_answers_are_forgotten_after_a_day(caller: Caller) -> None:
    caller.ask("POST", "/incidents", DECLARE, Idempotency_Key="one")
    with time_machine.travel(now() + timedelta(hours=25)):
        assert forget() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_with_one_key_one_is_done() -> None:
    owner = accounts.add_person(SYSTEM, email="bo@example.org", name="Bo", roles=[Role.ADMINISTRATOR])
    caller = Caller(accounts.add_token(SYSTEM, name="script", scopes=["*"], owner=owner))
    answers: list[int] = []
    start = threading.Barrier(2)

    def send() -> None:
        start.wait()
        answers.append(caller.ask("POST", "/services", {"name": "Checkout"}, Idempotency_Key="x").status_code)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) in ([201, 201], [201, 409])
    assert json.loads(caller.ask("GET", "/services").content)["items"][0]["name"] == "Checkout"
    assert len(json.loads(caller.ask("GET", "/services").content)["items"]) == 1


def test_too_many_requests_are_429_with_when_to_go_on(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BURST", 2)
    monkeypatch.setattr(limits, "RATE", 0.01)
    answers = [caller.ask("GET", "/me") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2]["Retry-After"]) >= 1
    assert "RateLimit-Policy" in answers[0]


def test_somebody_elses_change_in_between_is_412(caller: Caller) -> None:
    ref = caller.ask("POST", "/incidents", DECLARE).json()["reference"]
    seen = caller.ask("GET", f"/incidents/{ref}")
    assert caller.ask("GET", f"/incidents/{ref}", If_None_Match=seen["ETag"]).status_code == 304
    assert caller.ask("PATCH", f"/incidents/{ref}", {"title": "A"}, If_Match=seen["ETag"]).status_code == 200
    late = caller.ask("PATCH", f"/incidents/{ref}", {"title": "B"}, If_Match=seen["ETag"])
    assert late.status_code == 412
    assert incidents.incident(SYSTEM, ref).title == "A"


def test_pages_of_incidents_stay_whole_while_new_ones_begin(caller: Caller) -> None:
    for number in range(5):
        caller.ask("POST", "/incidents", {**DECLARE, "title": f"Number {number}"})
    first = caller.ask("GET", "/incidents?limit=2").json()
    caller.ask("POST", "/incidents", {**DECLARE, "title": "New"})
    second = caller.ask("GET", f"/incidents?limit=2&cursor={first['next']}").json()
    third = caller.ask("GET", f"/incidents?limit=2&cursor={second['next']}").json()
    titles = [row["title"] for page in (first, second, third) for row in page["items"]]
    assert titles == [f"Number {number}" for number in (4, 3, 2, 1, 0)]
    assert third["next"] == ""


def test_pages_of_short_lists_stay_whole_while_things_are_added(caller: Caller) -> None:
    for name in ("B", "C", "D"):
        catalog.add_service(SYSTEM, name=name)
    first = caller.ask("GET", "/services?limit=2").json()
    catalog.add_service(SYSTEM, name="A")
    second = caller.ask("GET", f"/services?limit=2&cursor={first['next']}").json()
    assert [row["name"] for row in first["items"] + second["items"]] == ["B", "C", "D"]


@pytest.mark.parametrize("cursor", ["x", "e30", "bnVsbA", "A" * 300])
def test_a_broken_cursor_is_refused(caller: Caller, cursor: str) -> None:
    assert caller.ask("GET", f"/services?cursor={cursor}").status_code == 422


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"\xff", b'{"title": "\\u0000"}', b'{"title": "\\ud800"}'])
def test_bodies_that_cannot_be_read_are_refused_with_a_sentence(caller: Caller, body: bytes) -> None:
    answer = caller.ask("POST", "/incidents", body)
    assert answer.status_code in (400, 422)
    assert answer.json()["detail"]


def test_a_body_too_large_is_413(caller: Caller) -> None:
    assert caller.ask("POST", "/incidents", b" " * (2 * 1024 * 1024 + 1)).status_code == 413


def test_a_token_cannot_be_given_a_scope_that_no_permission_has(person: str) -> None:
    with pytest.raises(Invalid, match=r"did you mean incidents\.declare"):
        accounts.add_token(SYSTEM, name="typo", scopes=["incidents.declair"], owner=person)


def test_the_documentation_loads_nothing_from_elsewhere(person: str) -> None:
    browser = Client()
    browser.force_login(User.objects.get(id=person), backend="django.contrib.auth.backends.ModelBackend")
    page = browser.get("/api/v1/docs").content.decode()
    assert "/api/v1/incidents" in page
    assert 'src="http' not in page
    assert 'href="http' not in page


def test_any_other_path_below_is_a_problem(caller: Caller) -> None:
    answer = caller.ask("GET", "/nothing/here")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.django_db
def test_the_schema_is_open_to_all_and_of_the_version_it_says() -> None:
    schema = Client().get("/api/v1/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    assert "/api/v1/incidents" in schema["paths"]
