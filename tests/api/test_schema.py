"""What the schema promises holds, whatever is sent: schemathesis asks every operation, in this process.

Hides how it signs in, and which of schemathesis' cases an operation is asked. `TOCSIN_API_EXAMPLES=20` draws so many
for each operation, and leaves out none of the others.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.core.cache import cache
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from ninja.openapi.schema import OpenAPISchema
from pytest_django.plugin import DjangoDbBlocker
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.generation.drivers import CoverageGenerator
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.generation.overrides import Override
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.access.world import SYSTEM, World, build
from tests.api.promised import promised
from tocsin.api import limits
from tocsin.api.app import api
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.delivery import ports
from tocsin.kernel.actor import Role

pytestmark = pytest.mark.django_db
FEW = 2
EXAMPLES = int(os.environ.get("TOCSIN_API_EXAMPLES", FEW))
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]
schema = schemathesis.openapi.from_dict(json.loads(json.dumps(promised())))
schema.app = get_wsgi_application()
OPERATIONS = [found.ok() for found in schema.get_all_operations()]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """One of everything; each question is undone."""
    before = ports.transports()
    # The one connection holds the transaction of all questions: a request that ends must not close it.
    signals.request_started.disconnect(close_old_connections)
    signals.request_finished.disconnect(close_old_connections)
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)
    signals.request_started.connect(close_old_connections)
    signals.request_finished.connect(close_old_connections)
    ports._transports.clear()
    ports._transports.update(before)


@pytest.fixture(scope="module")
def token(world: World) -> str:
    """A token that may everything."""
    person = accounts.add_person(SYSTEM, email="all@example.org", name="All Roles", roles=list(Role))
    return accounts.add_token(SYSTEM, name="everything", scopes=["*"], owner=person)


NAMES = {
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
    "webhook": "webhook_id",
}


def test_every_name_in_the_schema_stands_for_one_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    keep, twice = OpenAPISchema.add_schema_definitions, set()

    def noticed(self: OpenAPISchema, definitions: dict[str, Any]) -> None:
        twice.update(name for name, shape in definitions.items() if self.schemas.get(name, shape) != shape)
        keep(self, definitions)

    monkeypatch.setattr(OpenAPISchema, "add_schema_definitions", noticed)
    monkeypatch.setattr(api, "_schema", None)
    api.get_openapi_schema(path_prefix="/api/v1/")
    assert not twice


def told(number: int, operation: APIOperation) -> Iterator[schemathesis.Case]:
    """Schemathesis' own cases for the operation: each shape and bound of its parameters and body, right and wrong.

    Operations take turns where all of them have the same answer from the same line of code: headers (the key of an
    idempotent call, the type of the body, the token), and methods that a path does not have. Of the five wrong types
    for a field two are sent, other ones to each field.
    """
    kept = Counter[tuple[Any, ...]]()
    generation = schema.config.generation_for(operation=operation, phase="coverage")
    for case in CoverageGenerator(
        operation=operation,
        generation_modes=generation.modes,
        generation_config=generation,
        auth_storage=None,
        override=Override(),
        feedback=FeedbackSources(),
    ):
        about = case.meta.phase.data
        kind, place = str(about.scenario), str(about.parameter_location)
        if EXAMPLES <= FEW and (kind == "unspecified_http_method" or place == "header"):
            kept[place] += 1
            if (number + kept[place]) % 6:
                continue
        if EXAMPLES <= FEW and kind == "incorrect_type":
            kept[place, about.parameter, about.description] += 1
            if (number + kept[place, about.parameter, about.description] + len(kept)) % 5 > 1:
                continue
        yield case


def drawn(operation: APIOperation) -> st.SearchStrategy[schemathesis.Case]:
    """Anything that fits the schema, and anything that does not."""
    return st.one_of([operation.as_strategy(generation_mode=mode) for mode in GenerationMode])


@pytest.mark.parametrize("number", range(len(OPERATIONS)), ids=[operation.label for operation in OPERATIONS])
def test_whatever_is_sent_the_schema_holds(number: int, world: World, token: str) -> None:
    operation = OPERATIONS[number]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
    )
    @given(case=drawn(operation))
    def whatever(case: schemathesis.Case) -> None:
        _holds(case, world, token)

    for case in told(number, operation):
        _holds(case, world, token)
    whatever()


def _holds(case: schemathesis.Case, world: World, token: str) -> None:
    limits.forget()
    cache.clear()
    # Names of things that exist: else every question would end at 'no such thing'.
    for name, value in (case.path_parameters or {}).items():
        if len(str(value)) % 2 == 0:
            case.path_parameters[name] = world.values.get(NAMES.get(name, name), value)
    with transaction.atomic():
        response = case.call(headers={"Authorization": f"Bearer {token}"})
        transaction.set_rollback(True)
    case.validate_response(response, checks=CHECKS)
