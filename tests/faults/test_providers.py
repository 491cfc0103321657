"""What a fault of a provider at an exact place does to a page: told as it is, not lost, the next way used at once."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.faults.conftest import NOON, AtOnce, Ward
from tests.harness.proxy import Fault
from tocsin.core.engine.loop import EngineProcess
from tocsin.core.engine.models import Job
from tocsin.domain.delivery.queries import conservation

Methods = Callable[..., None]

pytestmark = pytest.mark.django_db

_NOT_OUT, _NOBODY_KNOWS = ("queued", "temporary"), ("unknown", "unknown")
_HTTP = [
    # fault, what the ledger says, how often it arrived all the same, when it is tried again
    (Fault.SILENT, _NOBODY_KNOWS, 0, timedelta(seconds=5)),
    (Fault.TOO_MANY, _NOT_OUT, 0, timedelta(seconds=120)),
    (Fault.BROKEN, _NOT_OUT, 0, timedelta(seconds=5)),
    (Fault.RESET_BEFORE_BODY, _NOBODY_KNOWS, 0, timedelta(seconds=5)),
    (Fault.RESET_AFTER_BODY, _NOBODY_KNOWS, 1, timedelta(seconds=5)),
]
_SMTP = [
    (Fault.SILENT, _NOT_OUT, 0, timedelta(seconds=5)),
    (Fault.BUSY, _NOT_OUT, 0, timedelta(seconds=5)),
    (Fault.CUT_AT_RCPT, _NOT_OUT, 0, timedelta(seconds=5)),
    (Fault.CUT_AT_DATA, _NOT_OUT, 0, timedelta(seconds=5)),
    (Fault.CUT_AT_TEXT, _NOBODY_KNOWS, 1, timedelta(seconds=5)),
]
_FAULTS = [("webhook", "mail", *row) for row in _HTTP] + [("mail", "webhook", *row) for row in _SMTP]


@pytest.mark.parametrize(("sick", "well", "fault", "ledger", "came", "wait"), _FAULTS)
def test_a_fault_is_told_as_it_is_and_the_next_way_is_used_at_once(
    ward: Ward,
    methods: Methods,
    sick: str,
    well: str,
    fault: Fault,
    ledger: tuple[str, str],
    came: int,
    wait: timedelta,
) -> None:
    methods(sick, well)
    proxy = ward.http if sick == "webhook" else ward.smtp
    proxy.faults.append(fault)
    ward.page()
    ward.work()
    first = ward.only(sick)
    assert (first.state, first.attempts[-1].outcome) == ledger, first
    assert first.next_at == NOON + wait
    assert len(ward.arrived(sick)) == came
    assert ward.arrived(well) == [ward.only(well).id], "the next way has to be used in the same moment"
    # Healthy again, and nobody has answered: the first message goes out too, under the key that it had.
    ward.after(seconds=wait.total_seconds())
    assert ward.only(sick).state == "sent"
    assert [one.outcome for one in ward.only(sick).attempts] == [ledger[1], "accepted"]
    assert ward.arrived(sick) == [first.id] * (came + 1)
    assert len(ward.arrived(well)) == 1
    assert (conservation().missing, conservation().in_flight) == (0, 0)


@pytest.mark.parametrize(("sick", "well"), [("webhook", "mail"), ("mail", "webhook")])
def test_a_page_that_wakes_goes_every_way_in_the_same_moment_whatever_one_of_them_does(
    ward: Ward, methods: Methods, sick: str, well: str
) -> None:
    methods(sick, well)
    (ward.http if sick == "webhook" else ward.smtp).always = Fault.SILENT
    ward.page(severity="critical")
    ward.work()
    assert ward.arrived(well) == [ward.only(well).id]
    assert ward.only(well).attempts[0].at == NOON
    assert ward.arrived(sick) == []


def test_a_provider_that_fails_five_times_rests_then_gets_one_trial_then_everything(
    ward: Ward, methods: Methods
) -> None:
    methods("webhook")
    ward.http.always = Fault.BROKEN
    engine = EngineProcess("breaker")
    for number in range(5):
        ward.tell(number)
    _hand_out(engine)
    assert engine.breakers.snapshot().keys() == {"webhook:127.0.0.1"}
    assert ward.http.connections == 5

    ward.tell(5)
    ward.clock.shift(timedelta(seconds=20))
    _hand_out(engine)
    assert ward.http.connections == 5, "it rests for 30 s, whatever comes due"

    ward.clock.shift(timedelta(seconds=10))
    _hand_out(engine)
    assert ward.http.connections == 6, "a single trial after the rest, although six messages are due"
    ward.clock.shift(timedelta(seconds=29))
    _hand_out(engine)
    assert ward.http.connections == 6, "a failed trial is another rest"

    ward.http.always = Fault.NONE
    ward.clock.shift(timedelta(minutes=5))
    _hand_out(engine)
    assert engine.breakers.snapshot() == {}
    assert {one.state for one in ward.all("webhook")} == {"sent"}
    assert len(ward.arrived("webhook")) == len(set(ward.arrived("webhook"))) == 6


def test_a_resting_provider_holds_nobody_else_up(ward: Ward, methods: Methods) -> None:
    methods("webhook", "mail")
    ward.http.always = Fault.BROKEN
    engine = EngineProcess("breaker")
    for number in range(7):
        ward.page(number, severity="critical")
    _hand_out(engine)
    assert "webhook:127.0.0.1" in engine.breakers.snapshot()
    assert len(ward.arrived("mail")) == 7
    assert {one.attempts[0].at for one in ward.all("mail")} == {NOON}


def _hand_out(engine: EngineProcess) -> None:
    """Everything that this engine would send at this moment, and what follows from it."""
    from tocsin.core.engine.execute import run_next_database_job

    while True:
        jobs = engine._hand_out(AtOnce())  # type: ignore[arg-type]
        while run_next_database_job():
            jobs.add(0)
        if not jobs:
            return


def test_many_slow_answers_of_one_provider_leave_workers_for_another(ward: Ward, methods: Methods) -> None:
    """Its share of the workers is full, and no time passes: the mails leave in the moment in which they were due."""
    methods("webhook", "mail")
    ward.http.always = Fault.SLOW
    for number in range(20):
        ward.page(number, severity="critical")
    engine, given = EngineProcess("slow"), []

    class Waiting:
        """A pool in which posts to the slow provider never end, and everything else ends at once."""

        def submit(self, function: Callable[..., None], job: Job) -> None:
            if job.lane.startswith("webhook"):
                given.append(job.id)
            else:
                function(job)

    while engine._hand_out(Waiting()):  # type: ignore[arg-type]
        pass
    assert 0 < len(given) < 20
    assert len(ward.arrived("mail")) == 20
    assert {one.attempts[0].at for one in ward.all("mail")} == {NOON}
