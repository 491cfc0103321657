"""The policy editor and the rehearsal: steps moved, conditions kept, tried before they are saved, drawn."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tocsin.domain.oncall import queries
from tocsin.domain.oncall.tests.conftest import SYSTEM, World, world

pytestmark = pytest.mark.django_db
__all__ = ["world"]


@pytest.fixture
def ada(world: World) -> Client:
    for name in ("Mateo", "Linh"):
        world.add(name)
    client = Client()
    user = get_user_model().objects.get(id=world.people["Ada"])
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def given(world: World, **changes: object) -> dict[str, object]:
    base: dict[str, object] = {
        "name": "Payments",
        "rounds": "2",
        "step-count": "2",
        "step0-target_1": f"person:{world.people['Mateo']}",
        "step0-severities": ["critical", "high"],
        "step0-hours": "closed",
        "step1-target_1": f"person:{world.people['Linh']}",
        "step1-target_2": f"person:{world.people['Mateo']}",
        "step1-how": "turn",
    }
    return base | changes


def test_a_policy_with_conditions_and_turns_is_saved_and_told(world: World, ada: Client) -> None:
    page = ada.post("/on-call/policies/new", given(world), follow=True).content.decode()
    assert "only Critical or High, out of working hours" in page
    assert "in turn:" in page
    assert "Mateo at once" in page
    assert "<svg" in page
    edit = ada.get(f"/on-call/policies/{queries.policies(SYSTEM)[0].id}/edit").content.decode()
    assert "Only sometimes" in edit


def test_a_step_moves_up_without_scripts_and_nothing_typed_is_lost(world: World, ada: Client) -> None:
    page = ada.post("/on-call/policies/new", given(world, move="step1:up")).content.decode()
    first, second = page.split("Step 2", 1)
    linh, mateo = (f'value="person:{world.people[n]}" selected' for n in ("Linh", "Mateo"))
    assert linh in first
    assert mateo in second
    assert 'value="Payments"' in page
    assert not queries.policies(SYSTEM)


def test_what_stands_in_the_form_is_tried_and_not_saved(world: World, ada: Client) -> None:
    page = ada.post("/on-call/policies/new/try", given(world)).content.decode()
    assert "Mateo at once, then Linh" in page
    assert "Once the form is complete" in ada.post("/on-call/policies/new/try", {"name": ""}).content.decode()
    assert not queries.policies(SYSTEM)


def test_a_rehearsal_is_drawn_for_a_service_a_severity_and_a_moment(world: World, ada: Client) -> None:
    ada.post("/on-call/policies/new", given(world))
    service = world.service("Checkout", queries.policies(SYSTEM)[0].id)
    night = ada.get(f"/on-call/rehearsal?what=service:{service}&severity=high").content.decode()
    assert 'aria-label="Mateo at once, then Linh' in night
    noon = ada.get(f"/on-call/rehearsal?what=service:{service}&severity=high&at=2026-11-24T12:00").content.decode()
    assert "Step 1 is passed over: only out of working hours." in noon
    assert ada.get("/on-call/rehearsal?severity=dire").status_code == 422


def test_a_webhook_is_added_for_steps_and_its_secret_shown_to_administrators_only(world: World, ada: Client) -> None:
    ada.post("/on-call/webhooks", {"label": "Wall", "address": "https://hooks.example.org/w"})
    assert "whsec_" in ada.get("/on-call/webhooks").content.decode()
    hook = queries.step_webhooks(SYSTEM)[0]
    ada.post("/on-call/policies/new", given(world, **{"step1-target_1": f"webhook:{hook.id}", "step1-how": ""}))
    remove = ada.get(f"/on-call/webhooks/{hook.id}/remove").content.decode()
    assert "It is told by Payments." in remove
    mateo = Client()
    user = get_user_model().objects.get(id=world.people["Mateo"])
    mateo.force_login(user, "django.contrib.auth.backends.ModelBackend")
    assert mateo.get("/on-call/webhooks").status_code == 403
