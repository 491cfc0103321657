"""Schedules by command: what is refused, what is found, what becomes of people who leave."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from tocsin.domain.accounts import commands as accounts
from tocsin.domain.oncall import commands, queries
from tocsin.domain.oncall.models import Absence
from tocsin.domain.oncall.tests.conftest import SYSTEM, World
from tocsin.kernel.errors import Invalid

START = date(2026, 11, 16)


def layer(world: World, *names: str, **changes: object) -> commands.LayerInput:
    given: dict[str, object] = {"handoff": time(9), "start": START} | changes
    return commands.LayerInput(tuple(world.people[name] for name in names), **given)  # type: ignore[arg-type]


def saved(*layers: commands.LayerInput, name: str = "Payments", **options: object) -> str:
    chosen = commands.ScheduleOptions(**options)  # type: ignore[arg-type]
    return commands.save_schedule(SYSTEM, name=name, time_zone="Europe/Berlin", layers=layers, options=chosen)


def sentences(schedule: str) -> list[str]:
    return [one.sentence for one in queries.findings(SYSTEM, schedule)]


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"people": ()}, "people", "has nobody in its rotation; add a person"),
        ({"time_zone": "Mars/Olympus"}, "zone", "there is no time zone 'Mars/Olympus'"),
        ({"pattern": (5, 0)}, "rotation", "must hand over every 1 to 10000"),
        ({"pattern": (1,) * 61}, "rotation", "more than 60 uneven turns"),
        ({"on_holidays": "only"}, "holiday_region", "say whose public holidays"),
        ({"on_holidays": "often"}, "on_holidays", "always, only or never"),
        ({"every": "months"}, "every", "hours, days or weeks"),
        ({"people": ("no such",)}, "people", "not an active person"),
    ],
)
def test_a_layer_that_cannot_work_is_refused_and_nothing_is_kept(
    world: World, changes: dict[str, object], field: str, words: str
) -> None:
    given = {"people": (world.administrator,), "handoff": time(9), "start": START} | changes
    with pytest.raises(Invalid, match=words) as refused:
        saved(commands.LayerInput(**given))  # type: ignore[arg-type]
    assert refused.value.field == field
    assert queries.schedules(SYSTEM) == []


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"team_id": "nobody"}, "team_id"),
        ({"longest_hours": 0}, "longest_hours"),
        ({"notices": (30_000,)}, "notices"),
        ({"holiday_region": "ZZ"}, "holiday_region"),
    ],
)
def test_options_that_cannot_be_used_are_refused(world: World, options: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        saved(layer(world, "Ada"), **options)
    assert refused.value.field == field


def test_options_stay_when_a_schedule_is_saved_without_them(world: World) -> None:
    id_ = saved(layer(world, "Ada"), holiday_region="de-by", longest_hours=24)
    commands.save_schedule(SYSTEM, name="P", time_zone="UTC", layers=[layer(world, "Ada")], schedule_id=id_)
    view = queries.schedule(SYSTEM, id_)
    assert (view.name, view.holiday_region, view.longest_hours) == ("P", "DE-BY", 24)


def test_overlapping_layers_and_two_schedules_at_once_are_told(world: World) -> None:
    world.add("Mateo")
    one = saved(layer(world, "Ada"), layer(world, "Mateo"), longest_hours=8784)
    saved(layer(world, "Mateo"), name="Database")
    told = sentences(one)
    assert "Layer 1 never counts: the layers that win over it are always on call then." in told
    assert any(text.startswith("Mateo is on call here and by Database") for text in told)


def test_who_is_deactivated_on_duty_is_stood_in_for_and_told(world: World) -> None:
    world.add("Mateo")
    world.add("Linh")
    id_ = saved(layer(world, "Mateo", "Linh", start=date(2026, 11, 23)))
    assert queries.on_call_now(SYSTEM)[0].person == "Mateo"
    accounts.deactivate_person(SYSTEM, person_id=world.people["Mateo"])
    assert queries.on_call_now(SYSTEM)[0].person == "Linh"
    assert sentences(id_)[0] == "Mateo in Layer 1 is deactivated; the next in the rotation takes each turn."
    with pytest.raises(Invalid, match="names someone who is not an active person"):
        saved(layer(world, "Mateo"), name="Other")
    policy = commands.save_policy(
        SYSTEM, name="P", steps=[commands.StepInput((commands.TargetInput("schedule", id_),))]
    )
    world.page(policy_id=policy)
    assert world.paged() == ["Linh"]


def test_while_someone_is_away_the_next_takes_over_only_where_the_schedule_says_so(world: World) -> None:
    world.add("Mateo")
    world.add("Linh")
    id_ = saved(layer(world, "Mateo", "Linh", start=date(2026, 11, 23)))
    at = datetime(2026, 11, 24, tzinfo=UTC)
    Absence.objects.create(person_id=world.people["Mateo"], start_at=at, end_at=at + timedelta(days=2))
    assert queries.on_call_now(SYSTEM)[0].person == "Mateo"
    assert "Mateo is on call Tue 24 Nov 03:47 to Thu 26 Nov 01:00 while away." in sentences(id_)
    commands.save_schedule(
        SYSTEM,
        name="Payments",
        time_zone="Europe/Berlin",
        layers=[layer(world, "Mateo", "Linh", start=date(2026, 11, 23))],
        options=commands.ScheduleOptions(next_takes_over=True),
        schedule_id=id_,
    )
    now = queries.on_call_now(SYSTEM)[0]
    assert (now.person, now.next_person, now.until) == ("Linh", "Mateo", at + timedelta(days=2))
    assert sentences(id_) == []


def test_a_team_asks_only_for_its_own_schedules(world: World) -> None:
    team = accounts.add_team(SYSTEM, name="Shop", slug="shop", members=[])
    saved(layer(world, "Ada"), team_id=team)
    saved(layer(world, "Ada"), name="Other")
    assert [view.schedule for view in queries.on_call_now(SYSTEM, team_id=team)] == ["Payments"]
