"""Whoever the audit calls reachable is really paged, and where it finds nobody a page really finds nobody.

Draws houses at random and rehearses every policy with the rules that page. No database.
"""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.domain.assurance.gathering import stretches
from tocsin.domain.assurance.rules import audit as rules
from tocsin.domain.oncall.reaching import spans
from tocsin.domain.oncall.rules import escalation as paging
from tocsin.domain.oncall.rules import schedule as shifts
from tocsin.domain.oncall.rules.escalation import DEFAULT_CLOCKS, Phase, Policy, Step, Target, TargetKind
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.domain.oncall.snapshots import Directory

START = datetime(2026, 3, 27, 2, 47, tzinfo=UTC)
PEOPLE = ("ada", "ben", "cleo", "dan")
WAYS = st.lists(
    st.builds(rules.Method, st.just("Way"), st.booleans(), st.booleans(), st.sampled_from(["", "broken"])), max_size=2
)

windows = st.lists(
    st.builds(shifts.Restriction, st.integers(0, 6), st.just(time(8)), st.sampled_from([time(12), time(20)])),
    max_size=4,
)
layers = st.builds(
    shifts.Layer,
    id=st.just("l"),
    order=st.just(0),
    people=st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3, unique=True).map(tuple),
    rotation=st.builds(shifts.Rotation, st.just(shifts.Every.DAYS), st.integers(1, 3)),
    handoff=st.sampled_from([time(2, 30), time(9)]),
    zone=st.sampled_from(["Europe/Berlin", "Australia/Lord_Howe"]),
    start=st.sampled_from([date(2026, 3, 1), date(2026, 3, 30)]),
    end=st.none(),
    restrictions=windows.map(tuple),
)
schedules = st.builds(lambda layer: shifts.Schedule("s", "S", (layer,), ()), layers)
targets = st.one_of(
    st.builds(Target, st.just(TargetKind.PERSON), st.sampled_from(PEOPLE)),
    st.just(Target(TargetKind.SCHEDULE, "s")),
    st.just(Target(TargetKind.TEAM, "t")),
)
steps = st.builds(
    Step, st.lists(targets, min_size=1, max_size=2).map(tuple), st.sampled_from([None, timedelta(minutes=30)])
)


@st.composite
def houses(draw: st.DrawFn) -> tuple[Directory, dict[str, rules.Person]]:
    people = {name: rules.Person(name, name, tuple(draw(WAYS)), responds=True) for name in PEOPLE}
    directory = Directory(
        policy=Policy(tuple(draw(st.lists(steps, min_size=1, max_size=3)))),
        administrators=(),
        names={name: name for name in PEOPLE},
        # Paging tries what is not proved as well: it leaves out only who has no method at all.
        unreachable={name: "none" for name, person in people.items() if not person.methods},
        _schedules={"s": draw(schedules)},
        _teams={"t": draw(st.lists(st.sampled_from(PEOPLE), max_size=2, unique=True))},
    )
    return directory, people


@settings(max_examples=60, deadline=None)
@given(house=houses(), after=st.timedeltas(timedelta(0), timedelta(days=6)))
def test_whoever_the_audit_calls_reachable_is_paged_by_the_real_rules(
    house: tuple[Directory, dict[str, rules.Person]], after: timedelta
) -> None:
    directory, people = house
    seen = spans(directory, START, START + timedelta(days=8), DEFAULT_CLOCKS)
    policy = rules.Policy("p", "P", (), (), stretches(seen, lambda span: span.nobody))
    picture = rules.Picture(START, START + rules.AHEAD, tuple(people.values()), policies=(policy,))
    bad = {finding.about for finding in rules.audit(picture) if finding.kind in rules.UNREACHABLE}
    at = START + after
    line = paging.rehearse(directory.policy, Severity.CRITICAL, at, directory.people_at, (), DEFAULT_CLOCKS)
    lost = any(gap.start <= at < gap.end for gap in policy.nobody)
    assert lost == (line[0][1].state.phase is Phase.CATCH_ALL)
    for when, decision in line:
        if decision.state.phase is Phase.CATCH_ALL:
            continue
        span = next(span for span in seen if span.start <= when < span.end)
        meant = set(span.steps[decision.state.step])
        assert {out.person for out in decision.pages} >= meant - bad
        assert all(rules.reachable(people[name]) for name in meant - bad)
