"""How people are paged, by the API: what is set there is what the next page follows."""

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from tocsin.api import limits
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.oncall.personal import own_of
from tocsin.domain.oncall.rules.urgency import Urgency
from tocsin.kernel.actor import Role, system

pytestmark = pytest.mark.django_db
SYSTEM = system("test")


def person(name: str, *roles: Role) -> str:
    id_ = accounts.add_person(SYSTEM, email=f"{name}@example.org", name=name, roles=roles)
    delivery.add_destination(SYSTEM, person_id=id_, kind="mail", address=f"{name}@home.example", vouched=True)
    return id_


def ask(owner: str, method: str, path: str, body: Any = None) -> HttpResponse:
    limits.forget()
    token = accounts.add_token(SYSTEM, name=f"{method} {path}", scopes=["*"], owner=owner)
    return Client().generic(
        method,
        f"/api/v1{path}",
        json.dumps(body) if body is not None else "",
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )


def test_my_rules_and_quiet_hours_are_set_and_taken_back() -> None:
    ada = person("Ada", Role.RESPONDER)
    found = ask(ada, "GET", "/me/paging-rules").json()
    assert [urgency["own"] for urgency in found["urgencies"]] == [False, False, False]
    method = found["methods"][-1]["id"]
    rules = {"rules": [{"methods": [method], "after_seconds": 120}, {"methods": [method]}]}
    set_ = ask(ada, "PUT", "/me/paging-rules/wakes", rules).json()
    assert set_["urgencies"][0]["own"]
    assert [rung.after.total_seconds() for rung in own_of(ada).rules(Urgency.WAKES)] == [0, 120]
    assert ask(ada, "PUT", "/me/quiet-hours", {"start": "22:00", "end": "07:00"}).json()["quiet_from"] == "22:00:00"
    assert ask(ada, "PUT", "/me/quiet-hours", {"start": None, "end": None}).status_code == 200
    assert ask(ada, "PUT", "/me/paging-rules/wakes", {"rules": []}).status_code == 200
    assert (own_of(ada).rules(Urgency.WAKES), own_of(ada).quiet()) == ((), None)


def test_somebody_elses_method_and_half_of_quiet_hours_are_refused_by_name() -> None:
    ada, bo = person("Ada", Role.RESPONDER), person("Bo", Role.RESPONDER)
    theirs = ask(bo, "GET", "/me/paging-rules").json()["methods"][0]["id"]
    refused = ask(ada, "PUT", "/me/paging-rules/mail", {"rules": [{"methods": [theirs]}]})
    assert (refused.status_code, refused.json()["field"]) == (422, "methods")
    assert ask(ada, "PUT", "/me/quiet-hours", {"start": "22:00", "end": None}).json()["field"] == "end"
    assert ask(ada, "PUT", "/me/end-notice", {"wish": "loudly"}).status_code == 422
    assert ask(ada, "PUT", "/me/paging-rules/loud", {"rules": []}).status_code == 422


def test_others_rules_are_an_administrators_to_read_and_set() -> None:
    ada, bo = person("Ada", Role.ADMINISTRATOR), person("Bo", Role.RESPONDER)
    path = f"/people/{bo}/paging-rules"
    method = ask(ada, "GET", path).json()["methods"][0]["id"]
    assert ask(ada, "PUT", f"{path}/mail", {"rules": [{"methods": [method]}]}).json()["person_id"] == bo
    assert [rung.methods for rung in own_of(bo).rules(Urgency.MAIL)] == [(method,)]
    assert ask(ada, "PUT", f"/people/{bo}/end-notice", {"wish": "texts"}).json()["end_wish"] == "texts"
    assert ask(bo, "PUT", "/me/end-notice", {"wish": "never"}).json()["end_wish"] == "never"
    assert ask(bo, "PUT", f"/people/{ada}/end-notice", {"wish": "never"}).status_code == 403
    assert ask(bo, "GET", f"/people/{ada}/paging-rules").status_code == 403
    assert ask(bo, "PUT", f"/people/{ada}/quiet-hours", {"start": "22:00", "end": "07:00"}).status_code == 403
