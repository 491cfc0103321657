"""Every page with hostile words in every text field of the database: nothing of them runs, and no page breaks.

Hides how the words get in: past the commands, so that no check at the door can be what saves a page.
"""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import CharField, Model, TextField
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from tests.access.routes_declared import Declared, declared
from tests.access.world import SYSTEM, World, build
from tocsin.core.engine.testing import run_engine
from tocsin.domain.delivery import ports
from tocsin.domain.incidents import commands as incidents
from tocsin.kernel.actor import Role

pytestmark = pytest.mark.django_db
EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7|add:7 }}{% now 'Y' %}</textarea></title>\u202e"
RUNS = ("<script>alert(1)", "<img src=x", "{{ 14 }}", "</textarea></title>")
WORDS = {
    *("name", "title", "summary", "description", "label", "text", "body", "reason", "comment", "note", "answer"),
    *("internal", "public", "root_cause", "override_reason", "resolved_without", "stop_reason", "address_hint"),
    *("subject_title", "acknowledged_name", "by_name", "last_answer", "integration", "unrouted", "error", "content"),
}
GETS = [way for said in declared().values() for way in said if "GET" in way.who]


def spoil(model: type[Model]) -> int:
    """Write the hostile words into each field of `model` that people's words reach; how many rows there were."""
    rows = 0
    for field in model._meta.concrete_fields:
        if isinstance(field, CharField | TextField) and field.name in WORDS and not field.choices:
            for key in model._default_manager.values_list("pk", flat=True):
                rows += 1  # names are often unique
                value = f"{rows} {EVIL}"[: field.max_length]
                model._default_manager.filter(pk=key).update(**{field.attname: value})
    return rows


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """One of everything, every word of it hostile."""
    before = ports.transports()
    with django_db_blocker.unblock(), transaction.atomic():
        made = build()
        ref = made.values["incident"]
        incidents.write(SYSTEM, incident=ref, text=EVIL)
        incidents.add_task(SYSTEM, incident=ref, title=EVIL[:200])
        run_engine(periodic=False)
        spoiled = sum(spoil(model) for model in apps.get_models() if model.__module__.startswith("tocsin.domain."))
        assert spoiled > 50
        yield made
        transaction.set_rollback(True)
    ports._transports.clear()
    ports._transports.update(before)


def look(world: World, way: Declared) -> str:
    """The page as an administrator who is a commander as well sees it; '' when it is no page."""
    person = get_user_model().objects.get(id=world.people[Role.ADMINISTRATOR])
    browser = Client(raise_request_exception=False)
    browser.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    with transaction.atomic():
        if way.before:
            world.befores[way.before](world)
        answer = browser.get(way.path(world.values))
        transaction.set_rollback(True)
    assert answer.status_code < 500 or answer.status_code == 503, f"{way.route}: {answer.status_code}"
    page = "text/html" in answer.get("Content-Type", "") and not answer.streaming
    return answer.content.decode() if page else ""


def test_whatever_people_typed_no_page_runs_it_and_none_breaks(world: World) -> None:
    shown, wrong = 0, []
    for way in GETS:
        page = look(world, way)
        shown += "&lt;script&gt;alert(1)" in page
        wrong += [f"{way.route} contains {word}" for word in RUNS if word in page]
    assert not wrong, "\n".join(wrong)
    assert shown > 40, "few pages showed the words: the test proves little"
