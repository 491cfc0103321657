"""'Assess Severity' as browsers meet it: filled in from data, judged by the matrix, overruled with a reason."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tocsin.core.engine.testing import run_engine
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.alerts import commands as alerts
from tocsin.domain.catalog import commands as catalog
from tocsin.domain.incidents import commands, queries
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.actor import Actor, Role, system

HOUSE = system("test")
ANSWERS = {"users": "many", "operations": "degraded", "data": "intact"}
pytestmark = pytest.mark.django_db


def person(name: str, *roles: Role) -> Actor:
    email = f"{name.split()[0].lower()}@example.org"
    return actor_of(accounts.add_person(HOUSE, email=email, name=name, roles=roles or (Role.RESPONDER,)))


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(id=actor.person), "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def mateo() -> Actor:
    return person("Mateo Fuentes")


@pytest.fixture
def shop() -> str:
    """A tier 1 shop that needs a database."""
    base = catalog.add_service(HOUSE, name="Database", tier=2)
    front = catalog.add_service(HOUSE, name="Checkout", tier=1)
    catalog.set_dependencies(HOUSE, service_id=front, needs=[base])
    return base


@pytest.fixture
def ref(shop: str) -> str:
    made = alerts.add_integration(HOUSE, kind="generic", name="Cron", service=shop)
    alerts.send_test_alert(HOUSE, integration_id=made.id, severity=Severity.CRITICAL)
    run_engine()
    return queries.proposals(HOUSE)[0].row.reference


def see(client: Client, ref: str, path: str = "", **asked: str) -> str:
    response = client.get(f"/incidents/{ref}/impact/{path}", asked)
    assert response.status_code == 200
    return response.content.decode()


def send(client: Client, ref: str, status: int = 302, **given: str) -> str:
    response = client.post(f"/incidents/{ref}/impact/", given)
    assert response.status_code == status, response.content.decode()[:1500]
    return response.content.decode()


def test_it_is_filled_in_from_alerts_and_the_dependency_graph_and_says_so(mateo: Actor, ref: str) -> None:
    page = see(signed_in(mateo), ref)
    assert "dependency graph" in page
    assert "Checkout, tier 1, needs Database" in page
    assert "a Critical alert on Database, tier 2" in page
    assert "1 service needs what is affected" in page
    found = {p.fact: p.choice for p in queries.assessment(mateo, ref).prefilled}
    assert found == {"users": "many", "operations": "degraded", "data": "intact"}


def test_the_answers_show_what_they_lead_to_before_anything_is_kept(mateo: Actor, ref: str) -> None:
    client = signed_in(mateo)
    part = see(client, ref, "verdict/", **{**ANSWERS, "users": "all"})
    assert "t-sev-critical" in part
    assert '<td class="c hit"' in part
    assert "<html" not in part
    assert "t-sev-low" in see(client, ref, "verdict/", users="none", operations="normal", data="intact")
    page = send(client, ref, 200, do="look", **{**ANSWERS, "users": "none", "operations": "normal"})
    assert "t-sev-low" in page
    assert queries.assessment(mateo, ref).past == ()


def test_assessing_keeps_answers_reasons_and_what_changed(mateo: Actor, ref: str) -> None:
    client = signed_in(mateo)
    send(client, ref, **ANSWERS, because_users="412 sessions fail")
    seen = queries.incident(mateo, ref)
    assert (seen.severity, seen.severity_source) == ("high", "matrix")
    page = see(client, ref)
    assert "412 sessions fail" in page
    assert "Mateo Fuentes</bdi></b>" in page
    assert "before: Critical" in page
    assert "Users: many; Business operations: degraded; Data integrity: intact" in page


def test_overruling_needs_a_reason_and_both_are_kept(mateo: Actor, ref: str) -> None:
    client = signed_in(mateo)
    page = send(client, ref, 422, **ANSWERS, severity="low")
    assert "say why it is Low" in page
    send(client, ref, **ANSWERS, severity="low", override_reason="Only the test shop")
    assert queries.row(mateo, ref).severity == "low"
    assert "Overruled the proposed High: <bdi>Only the test shop</bdi>" in see(client, ref)


def test_an_unanswered_question_is_an_answer_and_wakes(mateo: Actor, ref: str) -> None:
    send(signed_in(mateo), ref, users="none", operations="normal", data="unknown")
    assert queries.row(mateo, ref).severity == "high"
    page = see(signed_in(mateo), ref)
    assert "stays at High or above until somebody knows" in page
    assert 'aria-current="true">' not in page.split('class="t-verdict"')[1], "no cell decided: an answer is missing"
    send(signed_in(mateo), ref, users="none", operations="normal", data="intact")
    assert see(signed_in(mateo), ref).split('class="t-verdict"')[1].count('aria-current="true">Low') == 1


def test_the_rail_writes_months_as_they_are_written(mateo: Actor, ref: str) -> None:
    commands.acknowledge(mateo, incident=ref)
    commands.assess(mateo, incident=ref, answers=[], severity="low", override_reason="Only the test shop")
    due = next(d for d in queries.hub(mateo, ref).deadlines if d.kind == "mitigate")
    assert f"Due {due.due_at:%-d %b}" in see(signed_in(mateo), ref)


def test_new_facts_suggest_to_assess_again(mateo: Actor, ref: str, shop: str) -> None:
    client = signed_in(mateo)
    send(client, ref, **ANSWERS)
    assert "The facts have changed" not in see(client, ref)
    search = catalog.add_service(HOUSE, name="Search")
    commands.change(mateo, incident=ref, services=[shop, search])
    page = see(client, ref)
    assert "The facts have changed" in page
    assert "Search is affected too." in page
    send(client, ref, **ANSWERS)
    assert "The facts have changed" not in see(client, ref)


def test_a_severity_change_moves_what_is_owed_and_keeps_what_was_met(mateo: Actor, ref: str) -> None:
    commands.acknowledge(mateo, incident=ref)
    before = {d.kind: d for d in queries.hub(mateo, ref).deadlines}
    send(signed_in(mateo), ref, **ANSWERS)
    after = {d.kind: d for d in queries.hub(mateo, ref).deadlines}
    assert after["acknowledge"] == before["acknowledge"]
    assert after["mitigate"].due_at > before["mitigate"].due_at


def test_what_people_type_cannot_become_markup_and_nonsense_is_refused(mateo: Actor, ref: str) -> None:
    client = signed_in(mateo)
    send(client, ref, **ANSWERS, because_users="<script>alert(1)</script>")
    assert "<script>alert" not in see(client, ref)
    assert "Select a valid choice" in send(client, ref, 422, **{**ANSWERS, "users": "everybody"})
    assert client.get(f"/incidents/{ref}/impact/verdict/", {"users": "everybody"}).status_code == 200


def test_viewers_look_and_decide_nothing(ref: str) -> None:
    vera = signed_in(person("Vera Viewer", Role.VIEWER))
    assert "Assess Severity</button>" not in see(vera, ref)
    assert vera.post(f"/incidents/{ref}/impact/", ANSWERS).status_code == 403
    assert queries.row(HOUSE, ref).severity == "critical"
    assert Client().get(f"/incidents/{ref}/impact/")["Location"].startswith("/accounts/login/")
