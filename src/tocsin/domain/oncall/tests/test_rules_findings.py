"""What is found wrong about a schedule: each in a sentence with its mend, at the right time, and nothing else."""

from datetime import date, time, timedelta

from tocsin.domain.oncall.rules.findings import MOST_OF_A_KIND, Circumstances, Finding, Kind, findings
from tocsin.domain.oncall.rules.schedule import Absence, Every, Layer, Override, Restriction, Rotation, Schedule
from tocsin.domain.oncall.tests.test_rules_schedule import berlin, layer

NAMES = {"ada": "Ada Ek", "bo": "Bo Lund", "cy": "Cy Ash"}
WEEKDAYS = tuple(Restriction(day, time(9), time(17)) for day in range(5))
START, END = berlin("2026-11-03 00:00"), berlin("2026-11-17 00:00")


def found(plan: Schedule, *others: Schedule, longest: float = 24 * 400) -> list[Finding]:
    return findings(plan, others, START, END, Circumstances(NAMES, "Europe/Berlin", timedelta(hours=longest)))


def plan(*layers: Layer, **more: object) -> Schedule:
    return Schedule("s", "Platform", layers, **more)  # type: ignore[arg-type]


def test_a_schedule_that_is_well_has_no_finding() -> None:
    nights = layer("cy", order=1, restrictions=WEEKDAYS)
    assert found(plan(layer("ada", "bo", order=0), nights)) == []


def test_a_gap_is_told_with_its_times_on_the_wall_of_the_schedule() -> None:
    first = found(plan(layer("ada", order=0, restrictions=WEEKDAYS)))[0]
    assert first.kind is Kind.GAP
    assert first.urgent
    assert first.sentence == "Nobody is on call Tue 3 Nov 00:00 to 09:00."
    assert first.mend == "Put a first layer below the others that always counts, or set an override."
    assert (first.start, first.end) == (START, berlin("2026-11-03 09:00"))


def test_a_gap_that_comes_back_at_the_same_hours_is_told_once() -> None:
    days = tuple(Restriction(day, time(6), time(4)) for day in range(7))
    (only,) = found(plan(layer("ada", order=0, restrictions=days)))
    assert only.sentence == "Nobody is on call 04:00 to 06:00 on 14 days from Tue 3 Nov to Mon 16 Nov."
    assert (only.start, only.end) == (berlin("2026-11-03 04:00"), berlin("2026-11-16 06:00"))


def test_many_gaps_are_told_so_often_and_then_counted() -> None:
    hours = tuple(
        Restriction(day, time(hour, day), time(hour + 1, day)) for day in range(7) for hour in range(0, 22, 2)
    )
    told = [one for one in found(plan(layer("ada", order=0, restrictions=hours))) if one.kind is Kind.GAP]
    assert len(told) == MOST_OF_A_KIND
    assert "more like it." in told[-1].sentence


def test_a_layer_that_the_others_always_win_over_never_counts() -> None:
    (only,) = found(plan(layer("ada", order=0), layer("bo", order=1, name="Nights")))
    assert only.kind is Kind.NEVER_APPLIES
    assert only.sentence == "Layer 1 never counts: the layers that win over it are always on call then."


def test_a_layer_that_is_over_or_whose_hours_never_come_is_named() -> None:
    over = layer("bo", order=1, start=date(2026, 1, 5), end=date(2026, 2, 2))
    assert found(plan(layer("ada", order=0), over))[0].sentence == "Layer 2 ended on 2 Feb 2026."
    later = layer("bo", order=1, start=date(2027, 1, 4))
    assert found(plan(layer("ada", order=0), later)) == []


def test_overrides_that_change_nothing_are_named() -> None:
    def override(person: str, replaces: str = "", start: str = "2026-11-04 10:00") -> Override:
        return Override("o", berlin(start), berlin("2026-11-04 18:00"), person, replaces)

    base = layer("ada", order=0)
    nobody = found(plan(base, overrides=(override("cy", "bo"),)))
    assert [one.sentence for one in nobody] == [
        "The override of Cy Ash Wed 4 Nov 10:00 to 18:00 changes nothing: Bo Lund is not on call then."
    ]
    same = found(plan(base, overrides=(override("ada"),)))
    assert same[0].sentence.endswith("Ada Ek is on call then anyway.")
    under = found(plan(base, overrides=(override("bo", start="2026-11-04 12:00"), override("cy"))))
    assert under[0].sentence.endswith("a later one of Cy Ash lies over it.")
    assert found(plan(base, overrides=(override("bo", "ada"),))) == []


def test_who_is_on_call_while_away_is_told_unless_the_next_takes_over() -> None:
    off = (Absence("ada", berlin("2026-11-04 00:00"), berlin("2026-11-05 00:00")),)
    rotation = layer("ada", "bo", order=0, rotation=Rotation(Every.WEEKS), start=date(2026, 11, 2))
    (told,) = found(plan(rotation, absences=off))
    assert told.kind is Kind.ABSENT
    assert told.sentence == "Ada Ek is on call Wed 4 Nov 00:00 to Thu 5 Nov 00:00 while away."
    assert "let the next in the rotation take over" in told.mend
    assert found(plan(rotation, absences=off, next_takes_over=True)) == []
    (alone,) = found(plan(layer("ada", order=0), absences=off, next_takes_over=True))
    assert alone.mend == "Ask for cover or set an override."


def test_who_is_deactivated_is_named_in_layers_and_overrides() -> None:
    gone = (Absence("ada", START, berlin("2036-01-01 00:00"), gone=True),)
    cover = Override("o", berlin("2026-11-04 10:00"), berlin("2026-11-04 18:00"), "ada")
    told = [one.sentence for one in found(plan(layer("ada", "bo", order=0), overrides=(cover,), absences=gone))]
    assert told[0] == "Ada Ek in Layer 1 is deactivated; the next in the rotation takes each turn."
    assert told[1].startswith("The override Wed 4 Nov 10:00 to 18:00 names Ada Ek, who is deactivated")
    alone = [one.sentence for one in found(plan(layer("ada", order=0), absences=gone))]
    assert "Ada Ek in Layer 1 is deactivated; the layer counts for nothing." in alone


def test_one_person_on_two_schedules_at_once_is_told_on_both() -> None:
    here = plan(layer("ada", "bo", order=0))
    there = Schedule("t", "Database", (layer("ada", order=0, restrictions=WEEKDAYS),))
    told = [one for one in found(here, there) if one.kind is Kind.TWICE]
    often = "Ada Ek is on call here and by Database 5 times, first Wed 4 Nov 09:00 to 17:00."
    assert [one.sentence for one in told] == [often]
    assert not told[0].urgent
    assert next(o for o in found(there, here) if o.kind is Kind.TWICE).sentence.startswith(
        "Ada Ek is on call here and by Platform"
    )


def test_too_many_hours_in_a_row_are_counted_over_layers_and_overrides() -> None:
    cover = Override("o", berlin("2026-11-05 09:00"), berlin("2026-11-05 21:00"), "ada")
    told = found(plan(layer("ada", "bo", order=0), overrides=(cover,)), longest=24)
    assert [one.sentence for one in told] == [
        "Ada Ek is on call for 36 h in a row, Wed 4 Nov 09:00 to Thu 5 Nov 21:00; 24 h is the limit here."
    ]


def test_a_broken_part_says_what_it_needs() -> None:
    (told,) = [one for one in found(plan(layer("ada", order=0), layer(order=1))) if one.kind is Kind.BROKEN]
    assert told.sentence == "Layer 2 has nobody in its rotation; add a person."
