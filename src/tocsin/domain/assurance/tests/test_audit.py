"""Whatever would keep a page from reaching somebody is found before it hurts, told once, and ends when it is mended."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tocsin.core.engine.models import Engine
from tocsin.core.engine.testing import run_engine
from tocsin.core.log import read_stream
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.alerts import commands as alerts
from tocsin.domain.assurance import commands
from tocsin.domain.assurance.events import STREAM
from tocsin.domain.assurance.gathering import READER
from tocsin.domain.assurance.queries import findings
from tocsin.domain.assurance.tests.conftest import World, look
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.delivery import ports
from tocsin.domain.delivery.models import Delivery, Destination
from tocsin.domain.oncall import commands as oncall
from tocsin.domain.oncall.tests.conftest import SYSTEM
from tocsin.kernel.actor import Role
from tocsin.kernel.clock import now

pytestmark = pytest.mark.django_db


def proven_house(world: World) -> str:
    """Everybody can be reached: two ways each, catch-all people, a service with a policy."""
    both = ("phone", "mail")
    world.add("Grace", methods=both, roles=(Role.ADMINISTRATOR,))
    world.add("Mara", methods=both)
    delivery.add_destination(SYSTEM, kind="test-mail", address="Ada", person_id=world.people["Ada"], vouched=True)
    accounts.change_organisation(SYSTEM, catch_all=[world.people["Grace"]])
    policy = world.policy(("Mara",))
    world.service("Checkout", policy)
    return policy


def test_a_house_in_which_everybody_can_be_reached_has_no_finding(world: World) -> None:
    proven_house(world)
    assert look() == {}


def test_a_person_on_a_step_without_a_method_is_critical_and_leads_to_the_mend(world: World) -> None:
    proven_house(world)
    world.add("Ben", methods=())
    world.policy(("Ben",), name="Payments 2")
    found = look()["person.no_method"]
    assert found.severity == "critical"
    assert found.sentence == "Ben (step 1 of Payments 2) has no contact method."
    assert found.url == f"/settings/people/{world.people['Ben']}/"


def test_an_unproved_method_counts_as_none(world: World) -> None:
    proven_house(world)
    Destination.objects.filter(person_id=world.people["Mara"]).update(verified_at=None)
    assert look()["person.unverified"].severity == "critical"


def test_mail_alone_wakes_nobody_and_is_one_method_only(world: World) -> None:
    proven_house(world)
    world.add("Nils", methods=("mail",))
    world.policy(("Nils",), name="Nights")
    found = look()
    assert found["person.quiet"].severity == "high"
    assert found["person.one_method"].severity == "medium"


def test_a_gap_in_a_schedule_is_told_from_when_to_when(world: World) -> None:
    proven_house(world)
    layer = oncall.LayerInput(
        people=(world.people["Mara"],),
        handoff=time(9),
        start=date(2026, 11, 1),
        restrictions=tuple(oncall.Window(day, time(8), time(22)) for day in range(7)),
    )
    schedule = oncall.save_schedule(SYSTEM, name="Days", time_zone="Europe/Berlin", layers=[layer])
    step = oncall.StepInput((oncall.TargetInput("schedule", schedule),))
    policy = oncall.save_policy(SYSTEM, name="By day", steps=[step])
    world.service("Search", policy)
    found = look()
    gap = "from Tue 24 Nov 03:47 to Tue 24 Nov 08:00 (Europe/Berlin)"
    assert gap in found["schedule.gap"].sentence
    nobody = found["policy.nobody"]
    assert nobody.severity == "critical"
    assert nobody.sentence.startswith("No step of the policy By day reaches anybody from Tue 24 Nov 02:47")
    assert nobody.sentence.endswith("(pages for Search).")


def test_empty_steps_services_without_a_policy_and_sources_without_a_route_are_found(world: World) -> None:
    proven_house(world)
    team = accounts.add_team(SYSTEM, name="Ghosts")
    steps = [
        oncall.StepInput((oncall.TargetInput("team", team),)),
        oncall.StepInput((oncall.TargetInput("person", world.people["Mara"]),)),
    ]
    oncall.save_policy(SYSTEM, name="Ghost line", steps=steps)
    world.service("Ledger", None)
    alerts.add_integration(SYSTEM, kind="prometheus", name="Prometheus", service=None)
    found = look()
    assert found["policy.step_empty"].sentence == "Step 1 of the policy Ghost line has nobody to page: Ghosts."
    assert "Ledger" in found["service.no_policy"].sentence
    assert "it has no service and there is no route" in found["source.unrouted"].sentence


def test_nobody_of_last_resort_is_critical(world: World) -> None:
    for destination in Destination.objects.all():
        delivery.remove_destination(SYSTEM, destination_id=str(destination.id))
    found = look()
    assert found["last_resort.nobody"].severity == "critical"
    assert "catch_all.empty" in found


def test_a_provider_that_cannot_send_rests_or_fails_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    proven_house(world)
    Engine.objects.create(
        name="e", host="h", pid=1, started_at=now(), beat_at=now(), breakers={"test-phone": now().isoformat()}
    )
    for number in range(3):
        Delivery.objects.create(
            key=f"k{number}",
            purpose="page",
            kind="test-mail",
            state="failed",
            answer="550 full",
            created_at=now(),
        )
    found = look()
    assert found["provider.resting"].severity == "high"
    assert found["provider.failing"].sentence == "The last messages by Test all failed: 550 full."
    monkeypatch.setattr(
        type(world.phone), "problem", lambda self: "Set TOCSIN_SMS_URL." if self.kind.endswith("phone") else ""
    )
    assert "Set TOCSIN_SMS_URL" in look()["provider.problem"].sentence


def test_a_finding_appears_once_and_ends_when_it_is_mended(world: World) -> None:
    proven_house(world)
    world.add("Ben", methods=())
    world.policy(("Ben",), name="Payments 2")
    look()
    since = findings(READER)[0].since
    world.clock.shift(timedelta(minutes=5))
    look()
    assert findings(READER)[0].since == since
    for kind in ("phone", "mail"):
        delivery.add_destination(
            SYSTEM, kind=f"test-{kind}", address="Ben", person_id=world.people["Ben"], vouched=True
        )
    assert look() == {}
    assert {view.kind for view in findings(READER, ended=True)} >= {"person.no_method", "policy.nobody"}
    mine = [r for r in read_stream(STREAM) if r.event.about == world.people["Ben"]]  # type: ignore[attr-defined]
    assert [r.type for r in mine] == ["assurance.finding_appeared", "assurance.finding_ended"]


def test_a_change_that_concerns_it_is_looked_at_within_seconds(world: World) -> None:
    proven_house(world)
    look()
    world.add("Ben", methods=())
    world.policy(("Ben",), name="Payments 2")
    run_engine(periodic=False)
    world.clock.shift(timedelta(seconds=4))
    run_engine(periodic=False)
    assert "person.no_method" in {view.kind for view in findings(READER)}


def test_people_are_told_once_in_one_message_and_then_once_a_day(world: World) -> None:
    proven_house(world)
    for name in ("Ben", "Tom", "Uma"):
        world.add(name, methods=("mail",))
    world.policy(("Ben", "Tom", "Uma"), name="Payments 2")
    look()
    assert later(world, minutes=9) == 0
    assert later(world, minutes=2) == 5
    told = {address: message.title for address, message in world.mailbox.sent}
    assert told["Ben"] == "2 things would keep pages from arriving"
    assert told["Ada"] == "3 things would keep pages from arriving"
    assert later(world, hours=5) == 0
    world.clock.move_to(datetime(2026, 11, 25, 8, 58, tzinfo=UTC))
    assert later(world) == 0
    assert later(world, minutes=3) == 5
    assert world.mailbox.sent[-1][1].title.endswith("would still keep pages from arriving")
    assert later(world, hours=2) == 0


def test_when_it_begins_to_matter_is_told_on_the_wall_of_whoever_is_told(world: World) -> None:
    proven_house(world)
    ben, uma = world.add("Ben"), world.add("Uma", methods=("mail",))
    accounts.change_person(SYSTEM, person_id=uma, time_zone="Asia/Tokyo")
    layer = oncall.LayerInput((ben, uma), time(9), date(2026, 11, 23))
    schedule = oncall.save_schedule(SYSTEM, name="Weeks", time_zone="UTC", layers=[layer])
    step = oncall.StepInput((oncall.TargetInput("schedule", schedule),))
    oncall.save_policy(SYSTEM, name="Weeks", steps=[step])
    look()
    later(world, minutes=11)
    (text,) = [message.text for address, message in world.mailbox.sent if address == "Uma"]
    assert "(step 1 of Weeks, from Mon 30 Nov 18:00 (Asia/Tokyo))" in text
    assert any("from 2026-11-30 09:00 UTC" in view.sentence for view in findings(READER))


def test_what_is_mended_at_once_is_told_to_nobody(world: World) -> None:
    proven_house(world)
    world.add("Ben", methods=())
    policy = world.policy(("Ben",), name="Payments 2")
    look()
    oncall.remove_policy(SYSTEM, policy_id=policy)
    look()
    later(world, minutes=30)
    assert [m.title for _, m in world.mailbox.sent + world.phone.sent if "keep pages" in m.title] == []


def test_nobody_is_written_to_because_of_people_who_are_practice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    proven_house(world)
    world.add("Ben", methods=())
    policy = world.policy(("Ben",), name="Practice line")
    practice = {f"person:{world.people['Ben']}", f"policy:{policy}"}
    monkeypatch.setattr(ports, "_keepings", [lambda stream: "the demo" if stream in practice else ""])
    assert {"person.no_method", "policy.nobody"} <= set(look()), "the screen shows them"
    assert later(world, minutes=30) == 0
    world.add("Cleo", methods=())
    world.policy(("Cleo",), name="Real line")
    look()
    assert later(world, minutes=30) > 0
    told = "".join(message.text for _, message in world.mailbox.sent if "keep pages" in message.title)
    assert "Cleo" in told
    assert "Ben" not in told
    assert "Practice line" not in told


def test_nobody_is_written_to_by_a_channel_that_is_not_set_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    proven_house(world)
    world.add("Ben", methods=())
    world.policy(("Ben",), name="Payments 2")
    with monkeypatch.context() as unset:
        unset.setattr(type(world.phone), "problem", lambda self: "Set TOCSIN_MAIL_URL.")
        look()
        commands.audit(READER)
        assert later(world, minutes=30) == 0
        assert not Delivery.objects.exists(), "nothing waits for a channel that may never come"
    look()
    assert later(world, minutes=30) > 0


def later(world: World, **duration: float) -> int:
    """Time passes; how many messages about findings go out then."""
    world.clock.shift(timedelta(**duration))
    before = len(world.mailbox.sent)
    commands.tell(READER)
    run_engine(periodic=False)
    return len(world.mailbox.sent) - before


def test_many_are_told_with_as_many_statements_as_few(world: World) -> None:
    proven_house(world)

    def statements(people: int) -> int:
        names = [f"P{people}-{number}" for number in range(people)]
        for name in names:
            world.add(name, methods=("mail",))
        world.policy(tuple(names), name=f"Line of {people}")
        look()
        world.clock.shift(timedelta(hours=2))
        with CaptureQueriesContext(connection) as asked:
            assert commands.tell(READER) >= people
        return len(asked)

    assert statements(2) >= statements(7)
