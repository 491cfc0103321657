"""Every operation of the API, asked by every role, by strangers, and by tokens that have or lack the scope.

Who may is read from the schema, where each operation names its permission; what a body needs stands in `api.toml`.
Hides how an answer is judged. Nothing that a question changes outlives it.
"""

import json
import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from tests.access.world import SYSTEM, World, askers, build
from tests.api.promised import promised
from tocsin.api import limits
from tocsin.core.events.models import Entry
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.delivery import ports
from tocsin.kernel.actor import Role

pytestmark = pytest.mark.django_db
SAID: dict[str, dict[str, Any]] = tomllib.loads((Path(__file__).parent / "api.toml").read_text())
ROLES = [role.value for role in Role]


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and declaration of every operation."""
    for path, methods in promised()["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


OPERATIONS = [pytest.param(*found, id=found[2]["operationId"]) for found in operations()]
ABOUT_INCIDENTS = [param for param in OPERATIONS if "{ref}" in param.values[1]]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """One world for all questions; each question is undone."""
    before = ports.transports()
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)
    ports._transports.clear()
    ports._transports.update(before)


@pytest.fixture(scope="module")
def tokens(world: World) -> dict[str, str]:
    """A token of each role that may whatever its role may, by role; and narrowed ones by the name of their scope."""
    made = {role: accounts.add_token(SYSTEM, name=role, scopes=["*"], owner=world.people[role]) for role in ROLES}
    scopes = {param.values[2]["x-permission"] for param in OPERATIONS} - {""}
    for scope in scopes:
        made[scope] = accounts.add_token(SYSTEM, name=scope, scopes=[scope], owner=_able(world, scope))
    return made


def _able(world: World, scope: str) -> str:
    roles = next(p.values[2]["x-roles"] for p in OPERATIONS if p.values[2]["x-permission"] == scope)
    return world.people["administrator" if "administrator" in roles else roles[0]]


def ask(method: str, path: str, operation: dict[str, Any], world: World, token: str) -> tuple[HttpResponse, int]:
    """The answer, and how many entries the log grew by. Undone."""
    said = SAID.get(operation["operationId"], {})
    values = world.values | world.fill(said.get("at", {}))
    where = re.sub(r"\{(\w+)\}", lambda found: values[_NAMES.get(found[1], found[1])], path)
    if "query" in said:
        where += "?" + world.fill(said["query"])
    cache.clear()
    limits.forget()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    body = json.dumps(world.fill(said.get("body", {}))) if "requestBody" in operation else ""
    with transaction.atomic():
        before = Entry.objects.count()
        answer = Client(raise_request_exception=False).generic(
            method, where, body, content_type="application/json", headers=headers
        )
        grown = Entry.objects.count() - before
        transaction.set_rollback(True)
    return answer, grown


_NAMES = {
    "alert": "alert_id",
    "group": "group_id",
    "silence": "silence_id",
    "integration": "integration_id",
    "route": "route_id",
    "schedule": "schedule_id",
    "override": "override_id",
    "policy": "policy_id",
    "method": "destination_id",
    "token": "token_id",
    "check": "check_id",
    "inhibition": "inhibition_id",
    "window": "window_id",
}


@contextmanager
def prepared(operation: dict[str, Any], world: World) -> Iterator[None]:
    """Inside, what the operation needs to be there is there."""
    said = SAID.get(operation["operationId"], {})
    with transaction.atomic():
        if "before" in said:
            world.befores[said["before"]](world)
        yield
        transaction.set_rollback(True)


def outcome(answer: HttpResponse) -> str:
    """What the answer amounts to."""
    if answer.status_code >= 500:
        return "broken"
    return {401: "sign in", 403: "refused", 404: "missing"}.get(answer.status_code, "in")


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS)
def test_an_operation_lets_in_whom_it_says_and_nobody_else(
    method: str, path: str, operation: dict[str, Any], world: World, tokens: dict[str, str]
) -> None:
    wrong = []
    allowed = set(SAID.get(operation["operationId"], {}).get("roles", operation["x-roles"] or ROLES))
    with prepared(operation, world):
        answers = {
            asking: ask(method, path, operation, world, tokens.get(asking, ""))
            for asking in askers(["", *ROLES], allowed)
        }
    for asking, (answer, written) in answers.items():
        found = outcome(answer)
        wanted = ("in",) if asking in allowed else ("refused", "missing") if asking else ("sign in",)
        if found not in wanted or (written and (method == "GET" or asking not in allowed)):
            wrong.append(f"{asking or 'stranger'}: {answer.status_code}, {written} written: {answer.content[:200]!r}")
        elif answer.status_code in (400, 422):
            wrong.append(f"{asking}: give it a body that is valid: {answer.content[:300]!r}")
    assert not wrong, f"{method} {path}\n" + "\n".join(wrong)


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS)
def test_a_token_without_the_scope_opens_nothing(
    method: str, path: str, operation: dict[str, Any], world: World, tokens: dict[str, str]
) -> None:
    scope = operation["x-permission"]
    if not scope:
        return
    other = "accounts.see" if scope != "accounts.see" else "catalog.see"
    with prepared(operation, world):
        answer, written = ask(method, path, operation, world, tokens[other])
    assert outcome(answer) in ("refused", "missing"), f"{answer.status_code}: {answer.content[:200]!r}"
    assert not written


@pytest.mark.parametrize(("method", "path", "operation"), ABOUT_INCIDENTS)
def test_a_restricted_incident_does_not_exist_for_who_is_no_member(
    method: str, path: str, operation: dict[str, Any], world: World, tokens: dict[str, str]
) -> None:
    hidden = replace(world, values=world.values | {"ref": world.values["restricted"]})
    nothing = replace(world, values=world.values | {"ref": "INC-99999"})
    wrong = []
    asked = {}
    with prepared(operation, world):
        for asking in askers([role for role in ROLES if role != Role.SECURITY.value], None):
            answer, written = ask(method, path, operation, hidden, tokens[asking])
            missing, _ = ask(method, path, operation, nothing, tokens[asking])
            asked[asking] = answer, missing, written
    for asking, (answer, missing, written) in asked.items():
        if answer.status_code not in (403, 404) or written or answer.content != missing.content:
            wrong.append(f"{asking}: {answer.status_code} {answer.content[:160]!r}, for none {missing.content[:160]!r}")
    assert not wrong, f"{method} {path}\n" + "\n".join(wrong)
