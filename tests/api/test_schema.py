"""What the schema promises holds, whatever is sent: schemathesis asks every operation, in this process.

Hides how it signs in. Bounded: a few examples for each operation; `TOCSIN_API_EXAMPLES` asks for more.
"""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.core.cache import cache
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, settings
from ninja.openapi.schema import OpenAPISchema
from pytest_django.plugin import DjangoDbBlocker
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.access.world import SYSTEM, World, build
from tocsin.api import limits
from tocsin.api.app import api
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.delivery import ports
from tocsin.kernel.actor import Role

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("TOCSIN_API_EXAMPLES", "2"))
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]
schema = schemathesis.openapi.from_dict(json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"))))
schema.app = get_wsgi_application()


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
    api.get_openapi_schema(path_prefix="/api/v1/")
    assert not twice


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    database=None,
)
def test_whatever_is_sent_the_schema_holds(case: schemathesis.Case, world: World, token: str) -> None:
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
