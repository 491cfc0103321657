"""Alarms about Tocsin itself reach people past its own deliveries: when it begins, while it lasts, when it is over."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail

from tocsin.core.alarms import telling
from tocsin.core.alarms.standing import look, standing
from tocsin.core.alarms.telling import tell
from tocsin.core.engine.models import Job
from tocsin.core.engine.testing import run_engine
from tocsin.core.outgoing import Answer, Unreachable
from tocsin.kernel.clock import now

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _mailed(settings):
    settings.ALARM_MAIL = ["ops@example.org"]


def subjects() -> list[str]:
    return [message.subject for message in mail.outbox]


def test_an_alarm_is_told_once_then_every_six_hours_and_when_it_is_over():
    look("paging", "2 escalations waited without a timer.")
    assert [tell(), tell()] == [1, 0]
    with time_machine.travel(now() + timedelta(hours=6, minutes=1)):
        look("paging", "2 escalations waited without a timer.")
        assert [tell(), tell()] == [1, 0]
        look("paging", "")
        assert [tell(), tell()] == [1, 0]
    assert subjects() == ["Tocsin itself: paging needs a look"] * 2 + ["Tocsin itself: paging is well again"]
    assert standing() == []


def test_what_is_well_again_before_anybody_was_told_stays_quiet():
    look("paging", "Something.")
    look("paging", "")
    assert tell() == 0
    assert mail.outbox == []


def test_what_is_wrong_again_is_told_again():
    look("log", "One fault.")
    tell()
    look("log", "")
    look("log", "Another fault.")
    assert tell() == 1
    assert [alarm.sentence for alarm in standing()] == ["Another fault."]


def test_one_way_that_works_is_enough_and_none_is_said_on_the_page(settings, monkeypatch):
    def broken(*_args: object, **_kwargs: object) -> Answer:
        raise Unreachable("Nobody answers there.")

    monkeypatch.setattr(telling, "request", broken)
    settings.ALARM_URL = "https://pager.example.org/"
    look("log", "One fault.")
    assert tell() == 1
    settings.ALARM_MAIL = []
    look("paging", "Two.")
    assert tell() == 0
    assert standing()[1].problem == "TOCSIN_ALARM_URL: Nobody answers there."
    settings.ALARM_URL = ""
    tell()
    assert "set TOCSIN_ALARM_URL" in standing()[1].problem


def test_a_dead_letter_alarms_by_itself():
    Job.objects.create(kind="x.y", payload="{}", due_at=now(), created_at=now(), dead=True, last_error="It broke")
    run_engine()
    assert subjects() == ["Tocsin itself: dead letters needs a look"]
    assert "the newest is x.y: It broke" in mail.outbox[0].body
