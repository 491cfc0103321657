"""A lost row turns its books red: on the next look but one, past our own deliveries, with the number on the screens."""

from datetime import timedelta

import pytest
from django.core import mail

from tocsin.core.alarms.standing import standing
from tocsin.core.alarms.telling import tell
from tocsin.core.engine.models import Job
from tocsin.core.engine.testing import run_engine
from tocsin.domain.alerts import commands as alerts
from tocsin.domain.alerts.models import Alert, AlertGroup
from tocsin.domain.assurance import commands
from tocsin.domain.assurance.commands import conserving
from tocsin.domain.assurance.gathering import READER
from tocsin.domain.assurance.queries import books
from tocsin.domain.assurance.tests.conftest import World
from tocsin.domain.delivery.models import Delivery
from tocsin.domain.incidents.models import IncidentGroup
from tocsin.domain.oncall.tests.conftest import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy(world: World, settings: object) -> World:
    """A source whose alert fires, grouped, with an incident, a page and its message."""
    settings.ALARM_MAIL = ["ops@example.org"]  # type: ignore[attr-defined]
    conserving._before.clear()
    world.add("Mara")
    service = world.service("Checkout", world.policy(("Mara",)))
    source = alerts.add_integration(SYSTEM, kind="prometheus", name="Prometheus", service=service)
    run_engine()
    alerts.send_test_alert(SYSTEM, integration_id=source.id)
    run_engine()
    world.clock.shift(timedelta(minutes=3))
    run_engine()
    return world


def missing() -> dict[str, int]:
    return {book.unit: book.missing for book in books(READER) if book.missing}


def test_a_busy_house_balances(busy: World) -> None:
    assert missing() == {}
    assert {book.unit: bool(book.accepted) for book in books(READER)} == {
        "alerts": True,
        "groups of alerts": True,
        "pages": True,
        "deliveries": True,
    }


def lose_an_alert() -> None:
    Alert.objects.update(group=None)


def lose_a_timer() -> None:
    AlertGroup.objects.update(flushed_at=None)
    Job.objects.filter(kind="alerts.flush").delete()


def lose_an_incident() -> None:
    IncidentGroup.objects.all().delete()


def lose_a_message() -> None:
    Delivery.objects.all().delete()


def lose_the_work() -> None:
    Delivery.objects.update(state="queued")
    Job.objects.filter(kind="delivery.send").delete()


@pytest.mark.parametrize(
    ("lose", "unit"),
    [
        (lose_an_alert, "alerts"),
        (lose_a_timer, "alerts"),
        (lose_an_incident, "groups of alerts"),
        (lose_a_message, "pages"),
        (lose_the_work, "deliveries"),
    ],
)
def test_a_planted_loss_is_alarmed_past_our_own_deliveries(busy: World, lose: object, unit: str) -> None:
    lose()  # type: ignore[operator]
    assert missing()[unit] >= 1
    commands.conserve(READER)
    name = f"books_of_{unit.replace(' ', '_')}"
    assert name not in {alarm.name for alarm in standing()}
    commands.conserve(READER)
    assert name in {alarm.name for alarm in standing()}
    tell()
    assert f"Tocsin itself: {name.replace('_', ' ')} needs a look" in [message.subject for message in mail.outbox]


def test_what_was_only_on_its_way_is_no_alarm(busy: World) -> None:
    kept = list(Alert.objects.values_list("id", "group_id"))
    lose_an_alert()
    commands.conserve(READER)
    for id_, group in kept:
        Alert.objects.filter(id=id_).update(group=group)
    commands.conserve(READER)
    commands.conserve(READER)
    assert [alarm.name for alarm in standing() if alarm.name.startswith("books_of")] == []
