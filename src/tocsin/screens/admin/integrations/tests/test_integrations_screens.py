"""Sources of alerts as browsers meet them: who sees the key, and where a test alert goes."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tocsin.core.engine.testing import run_engine
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.alerts import commands, queries
from tocsin.domain.alerts.ports import kinds
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
def made() -> commands.Connected:
    return commands.add_integration(HOUSE, kind="prometheus", name="Prometheus")


def test_a_source_is_added_and_its_page_shows_what_to_paste(admin: Client) -> None:
    answer = admin.post("/settings/integrations/add/", {"kind": "prometheus", "name": "Lisbon", "every": "1m"})
    page = admin.get(answer["Location"]).content.decode()
    view = queries.integrations(HOUSE)[0]
    assert view.url in page
    assert f"path_prefix: /in/{view.key}" in page
    assert 'data-copy="url"' in page


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_every_kind_has_a_text_to_paste_that_carries_its_key(kind: str, admin: Client) -> None:
    made = commands.add_integration(HOUSE, kind=kind, name="Source")
    page = admin.get(f"/settings/integrations/{made.id}/")
    assert made.key in page.context["snippet"].text


def test_a_faulty_form_keeps_the_input_and_names_the_field(admin: Client) -> None:
    answer = admin.post("/settings/integrations/add/", {"kind": "generic", "name": "Cron", "every": "often"})
    assert answer.status_code == 422
    assert 'value="often"' in answer.content.decode()
    assert queries.integrations(HOUSE) == []


def test_only_administrators_see_the_key_and_change_anything(made: commands.Connected) -> None:
    viewer = signed_in(Role.VIEWER)
    page = viewer.get(f"/settings/integrations/{made.id}/")
    assert page.status_code == 200
    assert made.key not in page.content.decode()
    here = f"/settings/integrations/{made.id}/"
    for path in ("", "test/", "key/", "remove/"):
        answer = viewer.post(f"{here}{path}", {"severity": "low", "confirm": "Prometheus", "name": "X"})
        assert answer.status_code == 403
    assert viewer.get("/settings/integrations/add/").status_code == 403
    assert Client().get(here)["Location"].startswith("/accounts/login/")


def test_a_test_alert_is_followed_until_it_has_paged_someone(admin: Client, made: commands.Connected) -> None:
    answer = admin.post(f"/settings/integrations/{made.id}/test/", {"severity": "critical"})
    before = admin.get(answer["Location"])
    assert [stop.state for stop in before.context["trail"].stops] == ["now", "wait", "wait", "wait"]
    run_engine()
    sent = re.search(r"sent=\d+", answer["Location"])
    assert sent
    after = admin.get(f"/settings/integrations/{made.id}/way/?{sent[0]}")
    stops = after.context["trail"].stops
    assert [stop.name for stop in stops] == ["Received", "Grouped", "Incident", "Paged"]
    assert stops[2].proof.startswith("INC-")
    assert "Administrator" in stops[3].proof


def test_a_new_key_replaces_the_shown_one(admin: Client, made: commands.Connected) -> None:
    admin.post(f"/settings/integrations/{made.id}/key/")
    page = admin.get(f"/settings/integrations/{made.id}/").content.decode()
    assert made.key not in page
    assert "another 24 hours" in page


def test_removal_needs_the_typed_name(admin: Client, made: commands.Connected) -> None:
    admin.post(f"/settings/integrations/{made.id}/remove/", {"confirm": "Prom"})
    assert len(queries.integrations(HOUSE)) == 1
    admin.post(f"/settings/integrations/{made.id}/remove/", {"confirm": "Prometheus"})
    assert queries.integrations(HOUSE) == []
    assert admin.get(f"/settings/integrations/{made.id}/").status_code == 404


def test_the_list_takes_the_same_queries_for_three_sources_and_for_thirty(admin: Client) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert admin.get("/settings/integrations/").status_code == 200
        return len(captured)

    for number in range(3):
        commands.add_integration(HOUSE, kind="generic", name=f"Source {number}")
    before = count()
    for number in range(27):
        commands.add_integration(HOUSE, kind="generic", name=f"Other {number}")
    assert count() == before
