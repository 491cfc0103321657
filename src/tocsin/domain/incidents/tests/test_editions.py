"""Targets and matrix in editions: what began under one keeps it; business time counts in the hours of the team."""

from copy import deepcopy
from datetime import UTC, date, datetime, time, timedelta

import pytest

from tocsin.domain.accounts import commands as accounts
from tocsin.domain.catalog import commands as catalog
from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.books import MATRIX_BOOK, TARGETS_BOOK
from tocsin.domain.incidents.queries.clock import calendar_words
from tocsin.domain.incidents.rules.books import (
    FIRST_MATRIX,
    FIRST_TARGETS,
    check_cells,
    check_targets,
    hear,
    matrix_differs,
    read_matrix,
    read_targets,
    targets_differ,
)
from tocsin.domain.incidents.rules.deadlines import TARGETS
from tocsin.domain.incidents.rules.severity import MATRIX, Answer, Fact
from tocsin.domain.incidents.tests.conftest import START, SYSTEM, World
from tocsin.domain.oncall import queries as oncall
from tocsin.domain.rulebooks import commands as rulebooks
from tocsin.kernel.business_time import Calendar, Term, Unit
from tocsin.kernel.errors import Conflict, Invalid

FEW = [Answer(Fact.USERS, ("few",)), Answer(Fact.OPERATIONS, ("normal",)), Answer(Fact.DATA, ("intact",))]


def with_resolve(said: str) -> dict[str, dict[str, str]]:
    content = deepcopy(FIRST_TARGETS)
    content["critical"]["resolve"] = said
    return content


def declared(world: World, **more: object) -> str:
    given = {"title": "Slow", "kind": "disruption", "severity": "critical", "page": False, **more}
    return commands.declare(world.actor("Amina"), **given)  # type: ignore[arg-type]


def due(world: World, incident: str, kind: str) -> timedelta:
    found = next(d for d in queries.hub(world.actor("Amina"), incident).deadlines if d.kind == kind)
    return found.due_at - START


def test_the_first_edition_says_what_the_program_plans_by() -> None:
    assert read_targets(FIRST_TARGETS) == TARGETS
    assert read_matrix(FIRST_MATRIX, 1) == MATRIX


def test_an_incident_keeps_the_targets_it_began_under_until_somebody_re_plans_it(world: World) -> None:
    old = declared(world)
    assert rulebooks.put_into_force(SYSTEM, book=TARGETS_BOOK, content=with_resolve("2 hours")) == 2
    new = declared(world)
    commands.assess(world.actor("Amina"), incident=old, answers=[], severity="critical", override_reason="It is")
    assert (due(world, old, "resolve"), due(world, new, "resolve")) == (timedelta(hours=4), timedelta(hours=2))
    commands.acknowledge(world.actor("Mateo"), incident=old, via="screen")
    assert commands.replan_by_newest(world.actor("Amina"), incident=old) == 2
    assert due(world, old, "resolve") == timedelta(hours=2)
    kinds = {d.kind: d.standing for d in queries.hub(world.actor("Amina"), old).deadlines}
    assert kinds["acknowledge"] == "met"
    with pytest.raises(Conflict, match="follows edition 2"):
        commands.replan_by_newest(world.actor("Amina"), incident=old)


def test_paging_goes_on_at_80_percent_of_the_acknowledge_target_of_the_incidents_own_edition(world: World) -> None:
    def waits(incident: str) -> timedelta:
        next_at = oncall.paging(SYSTEM, f"incident:{incident}").next_at
        assert next_at is not None
        return next_at - START

    old = declared(world, page=True)
    content = deepcopy(FIRST_TARGETS)
    content["critical"]["acknowledge"] = "20 minutes"
    rulebooks.put_into_force(SYSTEM, book=TARGETS_BOOK, content=content)
    new = declared(world, page=True)
    assert (waits(old), waits(new)) == (timedelta(minutes=4), timedelta(minutes=16))
    later = oncall.simulate(SYSTEM, severity="critical", service_id=world.checkout)
    assert later.calls[1].after == timedelta(minutes=16)
    commands.replan_by_newest(world.actor("Amina"), incident=old)
    commands.assess(world.actor("Amina"), incident=old, answers=[], severity="high", override_reason="Less")
    commands.assess(world.actor("Amina"), incident=old, answers=[], severity="critical", override_reason="Worse")
    assert waits(old) == timedelta(minutes=16)


def test_an_incident_is_sized_by_the_matrix_in_force_and_keeps_its_number(world: World) -> None:
    old = declared(world, answers=FEW)
    content = deepcopy(FIRST_MATRIX)
    for operations in ("normal", "degraded"):
        content["intact"][operations]["few"] = "medium"
        content["at_risk"][operations]["few"] = "high"
    rulebooks.put_into_force(SYSTEM, book=MATRIX_BOOK, content=content)
    new = declared(world, answers=FEW)
    seen = [queries.incident(world.actor("Amina"), id_) for id_ in (old, new)]
    assert [(one.severity, one.matrix_version) for one in seen] == [("low", 1), ("medium", 2)]
    assert queries.severity_matrix(world.actor("Amina"), 1) == MATRIX
    commands.assess(world.actor("Amina"), incident=old, answers=FEW)
    assert queries.incident(world.actor("Amina"), old).matrix_version == 2


def test_business_time_counts_in_the_hours_of_the_team_that_owns_the_service(world: World) -> None:
    nights = {day: [["00:00", "08:00"]] for day in ("tuesday", "wednesday")}
    team = accounts.add_team(SYSTEM, name="Night shift")
    catalog.change_service(SYSTEM, service_id=world.search, name="Search", owner_team=team)
    usual = declared(world, severity="medium", services=[world.search])
    accounts.set_team_hours(SYSTEM, team_id=team, time_zone="UTC", hours=nights)
    night = declared(world, severity="medium", services=[world.search])
    # 02:47 on Tuesday: eight business hours are 09:00 to 17:00 for others, five and three hours for the night shift.
    assert due(world, usual, "mitigate") == timedelta(hours=14, minutes=13)
    assert due(world, night, "mitigate") == timedelta(hours=24)
    clock = queries.clock(world.actor("Amina"), night)
    assert (clock.team, clock.hours) == ("Night shift", "Tue to Wed 00:00 to 08:00, UTC")
    accounts.clear_team_hours(SYSTEM, team_id=team)
    assert queries.clock(world.actor("Amina"), night).team == ""


def test_hours_that_changed_move_what_is_owed_only_when_somebody_asks(world: World) -> None:
    amina = world.actor("Amina")
    team = accounts.add_team(SYSTEM, name="Night shift")
    catalog.change_service(SYSTEM, service_id=world.search, name="Search", owner_team=team)
    one = declared(world, severity="medium", services=[world.search])
    with pytest.raises(Conflict, match="already"):
        commands.replan_by_newest(amina, incident=one)
    accounts.set_team_hours(SYSTEM, team_id=team, time_zone="UTC", hours={"wednesday": [["00:00", "08:00"]]})
    assert queries.clock(amina, one).hours_changed
    assert due(world, one, "mitigate") == timedelta(hours=14, minutes=13)
    assert commands.replan_by_newest(amina, incident=one) == 1
    assert due(world, one, "mitigate") == timedelta(hours=29, minutes=13)
    assert not queries.clock(amina, one).hours_changed
    assert queries.timeline(SYSTEM, one)[0].sentence == "re-planned what is owed by the business hours of now"


def test_a_team_that_never_opens_is_refused(world: World) -> None:
    team = accounts.add_team(SYSTEM, name="Nobody")
    with pytest.raises(Invalid, match="never opens"):
        accounts.set_team_hours(SYSTEM, team_id=team, time_zone="UTC", hours={"monday": []})
    with pytest.raises(Invalid, match="time zone"):
        accounts.set_team_hours(SYSTEM, team_id=team, time_zone="Mars/North", hours={"monday": [["09:00", "17:00"]]})


@pytest.mark.parametrize(
    ("said", "term"),
    [
        ("5 minutes", Term(5, Unit.MINUTES)),
        ("1 hour", Term(1, Unit.HOURS)),
        ("4h", Term(4, Unit.HOURS)),
        ("2 business_days", Term(2, Unit.BUSINESS_DAYS)),
        ("8 Business Hours", Term(8, Unit.BUSINESS_HOURS)),
        ("3 days", Term(3, Unit.CALENDAR_DAYS)),
        ("1 week", Term(7, Unit.CALENDAR_DAYS)),
    ],
)
def test_a_target_is_written_as_people_say_it(said: str, term: Term) -> None:
    assert hear(said, "x") == (term, False)
    assert hear(f"{said}, if visible", "x") == (term, True)


@pytest.mark.parametrize("said", ["soon", "", "0 hours", "-1 hours", "5 fortnights", "1.5 hours"])
def test_a_target_that_is_no_time_is_refused_with_the_mend(said: str) -> None:
    with pytest.raises(Invalid, match="critical_resolve"):
        check_targets(with_resolve(said))


def test_targets_that_lack_what_is_needed_are_refused() -> None:
    content = deepcopy(FIRST_TARGETS)
    del content["high"]["acknowledge"]
    with pytest.raises(Invalid, match="High needs a time"):
        check_targets(content)
    with pytest.raises(Invalid, match="Critical is missing"):
        check_targets({})
    with pytest.raises(Invalid, match="'worst' is no severity"):
        check_targets({**FIRST_TARGETS, "worst": {}})


def test_a_matrix_with_a_hole_or_a_drop_is_refused_with_the_cell() -> None:
    hole = deepcopy(FIRST_MATRIX)
    del hole["intact"]["normal"]["many"]
    with pytest.raises(Invalid, match="many / normal / intact has no severity"):
        check_cells(hole)
    drop = deepcopy(FIRST_MATRIX)
    drop["damaged"]["stopped"]["all"] = "low"
    with pytest.raises(Invalid, match="rated lower"):
        check_cells(drop)
    odd = deepcopy(FIRST_MATRIX)
    odd["intact"]["normal"]["none"] = "awful"
    with pytest.raises(Invalid, match="'awful' is no severity"):
        check_cells(odd)


def test_editions_are_compared_in_words() -> None:
    assert targets_differ(FIRST_TARGETS, with_resolve("2 hours")) == ["Critical, Resolve: 4 hours becomes 2 hours"]
    other = deepcopy(FIRST_MATRIX)
    other["intact"]["normal"]["none"] = "medium"
    assert matrix_differs(FIRST_MATRIX, other) == ["Users none, operations normal, data intact: Low becomes Medium"]


def test_the_hours_that_count_name_the_days_off_that_lie_in_between_and_no_others() -> None:
    off = frozenset({date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 5), date(2026, 12, 25)})
    weekdays = Calendar.office("Europe/Lisbon", time(8), time(18), holidays=off)
    sunday = datetime(2026, 11, 29, 16, 23, tzinfo=UTC)
    said = calendar_words(weekdays, sunday, [sunday + timedelta(days=4), sunday + timedelta(days=8)])
    assert said == "Mon to Fri 08:00 to 18:00, Europe/Lisbon; closed on 30 Nov, 1 Dec", "the 5th is a Saturday"
    assert calendar_words(weekdays, sunday) == "Mon to Fri 08:00 to 18:00, Europe/Lisbon"
