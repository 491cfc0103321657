"""Legal clocks against the texts: each chain with dates worked out by hand, and the rules that move an end."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tocsin.domain.accounts.rules import WEEKDAYS, calendar
from tocsin.domain.obligations.rules.known import BUILT_IN
from tocsin.domain.obligations.rules.planning import Case, Due, Handled, Standing, plan, standing
from tocsin.domain.obligations.rules.proposing import propose
from tocsin.domain.obligations.rules.regimes import Clocks, Trigger, check, differences, read
from tocsin.kernel.business_time import Calendar
from tocsin.kernel.errors import Invalid

BOOK = read(BUILT_IN)
YEARS = range(2024, 2031)


def _calendars() -> Mapping[str, Calendar]:
    office = {day: [["09:00", "17:00"]] for day in WEEKDAYS[:5]}
    made = {"": calendar("Europe/Berlin", office, [], "DE", YEARS)}
    for key, hours in BOOK.calendars.items():
        weekly = {day: [[hours.opens, hours.closes]] for day in WEEKDAYS[:5]}
        made[key] = calendar(hours.zone, weekly, hours.closed, hours.holidays, YEARS)
    return made


CALENDARS = _calendars()


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def dues(
    regime: str, *, who: tuple[str, ...] = (), sent: Mapping[str, str] | None = None, **moments: str
) -> dict[str, Due]:
    found = BOOK.regime(regime)
    assert found is not None
    case = Case(
        moments={Trigger(name): at(text) for name, text in moments.items()},
        handled={key: Handled((at(text),)) for key, text in (sent or {}).items()},
        who=who,
    )
    return {due.key: due for due in plan(found, case, CALENDARS)}


def counted(regime: str, who: tuple[str, ...] = (), **numbers: int) -> dict[str, Due]:
    found = BOOK.regime(regime)
    assert found is not None
    case = Case(moments={Trigger.AWARE: at("2026-03-10T12:00")}, numbers=numbers, who=who)
    return {due.key: due for due in plan(found, case, CALENDARS)}


@pytest.mark.parametrize(
    ("regime", "clock", "moments", "sent", "due"),
    [
        # GDPR art. 33(1): 72 h, weekends included.
        ("gdpr", "authority", {"aware": "2026-11-27T16:30"}, {}, "2026-11-30T16:30"),
        # NIS2 art. 23(4): 24 h and 72 h from awareness, a month from the notification itself.
        ("nis2", "early_warning", {"aware": "2026-01-29T10:00"}, {}, "2026-01-30T10:00"),
        ("nis2", "notification", {"aware": "2026-01-29T10:00"}, {}, "2026-02-01T10:00"),
        ("nis2", "final", {"aware": "2026-01-29T10:00"}, {"notification": "2026-01-31T09:00"}, "2026-02-28T09:00"),
        ("nis2", "progress", {"aware": "2026-01-29T10:00"}, {"notification": "2026-01-31T09:00"}, "2026-02-28T09:00"),
        # DORA, 2025/301 art. 5: 4 h from classification; the 24 h from awareness cap it.
        ("dora", "initial", {"aware": "2026-11-24T02:00", "classified": "2026-11-24T05:00"}, {}, "2026-11-24T09:00"),
        ("dora", "initial", {"aware": "2026-11-24T02:00", "classified": "2026-11-25T00:30"}, {}, "2026-11-25T02:00"),
        # Classified later than 24 h after awareness: four hours from then (art. 5(2)).
        ("dora", "initial", {"aware": "2026-11-24T02:00", "classified": "2026-11-25T08:00"}, {}, "2026-11-25T12:00"),
        ("dora", "intermediate", {}, {"initial": "2026-11-24T08:00"}, "2026-11-27T08:00"),
        ("dora", "final", {}, {"intermediate": "2026-11-27T08:00"}, "2026-12-28T11:00"),
        # CRA art. 14(2): 14 days from when a fix is available; 14(4): a month from the notification.
        ("cra_vulnerability", "early_warning", {"aware": "2026-12-31T20:00"}, {}, "2027-01-01T20:00"),
        ("cra_vulnerability", "notification", {"aware": "2026-12-31T20:00"}, {}, "2027-01-03T20:00"),
        ("cra_vulnerability", "final", {"fix": "2027-02-20T08:00"}, {}, "2027-03-06T08:00"),
        ("cra_incident", "final", {}, {"notification": "2027-01-31T08:00"}, "2027-02-28T08:00"),
        # HIPAA: 60 calendar days on the wall of New York, over the change of clocks on 8 March 2026.
        ("hipaa", "people", {"aware": "2026-02-01T15:00"}, {}, "2026-04-02T14:00"),
        # SEC: four business days; Thanksgiving does not count; EDGAR closes 17:30 in New York.
        ("sec", "form_8k", {"material": "2026-11-23T15:00"}, {}, "2026-11-30T22:30"),
        # General instruction B.1: determined on a Saturday, Monday is the first of the four.
        ("sec", "form_8k", {"material": "2026-06-06T15:00"}, {}, "2026-06-11T21:30"),
        ("california", "people", {"aware": "2026-01-31T20:00"}, {}, "2026-03-02T20:00"),
        ("california", "attorney_general", {}, {"people": "2026-02-20T20:00"}, "2026-03-07T20:00"),
        # Three working days in Germany over Easter.
        ("pci", "report", {"aware": "2026-04-02T10:00"}, {}, "2026-04-09T15:00"),
        ("nydfs", "notice", {"determined": "2026-11-27T16:00"}, {}, "2026-11-30T16:00"),
        ("nydfs", "payment", {"paid": "2026-11-27T16:00"}, {}, "2026-11-28T16:00"),
        ("nydfs", "explanation", {"paid": "2026-11-27T16:00"}, {}, "2026-12-27T16:00"),
    ],
)
def test_a_clock_ends_when_its_text_says(
    regime: str, clock: str, moments: dict[str, str], sent: dict[str, str], due: str
) -> None:
    assert dues(regime, sent=sent, **moments)[clock].due_at == at(due)


@pytest.mark.parametrize(
    ("who", "due"),
    [
        # Saturday 28 November 2026, 08:00 in Berlin: noon of Monday.
        (("financial",), "2026-11-30T11:00"),
        # Credit institutions and NIS2 entities have no weekend for it (art. 5(5)).
        (("financial", "credit_institution"), "2026-11-28T07:00"),
        (("financial", "nis2"), "2026-11-28T07:00"),
    ],
)
def test_the_weekend_rule_of_dora_is_not_for_everybody(who: tuple[str, ...], due: str) -> None:
    found = dues("dora", who=who, aware="2026-11-28T00:00", classified="2026-11-28T03:00")["initial"]
    assert found.due_at == at(due)


def test_a_bank_holiday_counts_as_a_day_off_and_the_final_report_knows_no_exception() -> None:
    # 1 May 2026 is a Friday and a holiday in Germany: noon of Monday, 4 May.
    found = dues("dora", who=("credit_institution",), sent={"intermediate": "2026-04-01T08:00"})["final"]
    assert found.due_at == at("2026-05-04T12:00", "Europe/Berlin")
    assert "noon of the next working day" in found.moved


def test_the_latest_intermediate_report_starts_the_final_one() -> None:
    sent = {"intermediate": "2026-11-24T08:00", "updated": "2026-12-08T15:00"}
    assert dues("dora", sent=sent)["final"].due_at == at("2027-01-08T15:00")
    regime = BOOK.regime("dora")
    assert regime is not None
    again = Case(moments={}, handled={"intermediate": Handled((at("2026-11-24T08:00"), at("2026-12-09T15:00")))})
    assert {due.key: due for due in plan(regime, again, CALENDARS)}["final"].due_at == at(
        "2027-01-11T12:00", "Europe/Berlin"
    )


def test_trust_services_have_24_hours_for_the_notification() -> None:
    found = dues("nis2", who=("trust_service",), aware="2026-11-24T02:00")
    assert found["notification"].due_at == at("2026-11-25T02:00")


def test_an_incident_that_goes_on_owes_a_progress_report_and_the_final_one_after_its_end() -> None:
    sent = {"notification": "2026-11-01T10:00", "progress": "2026-11-30T10:00"}
    going = dues("nis2", sent=sent, aware="2026-10-30T10:00")
    assert (going["final"].due_at, going["final"].waits_for) == (None, "Starts when its handling ended.")
    over = dues("nis2", sent=sent, aware="2026-10-30T10:00", ended="2026-12-15T09:00")
    assert over["final"].due_at == at("2027-01-15T09:00")
    soon = dues("nis2", sent={"notification": "2026-11-01T10:00"}, aware="2026-10-30T10:00", ended="2026-11-05T09:00")
    assert soon["progress"].why_not.startswith("Only while it is still handled")
    assert soon["final"].due_at == at("2026-12-01T10:00")


def test_nothing_runs_before_its_trigger_and_each_says_what_it_waits_for() -> None:
    found = dues("dora", aware="2026-11-24T02:00")
    assert found["initial"].waits_for == "Starts when we classified it as major."
    assert found["intermediate"].waits_for == "Starts when 'Initial notification' is submitted."
    assert all(standing(due, at("2030-01-01T00:00")) is Standing.WAITING for due in found.values())


def test_the_number_of_people_decides_which_notices_are_owed() -> None:
    unknown, few, many = (
        counted("hipaa"),
        counted("hipaa", people=499, residents=499),
        counted("hipaa", people=500, residents=501),
    )
    assert not unknown["department"].why_not
    assert unknown["department_yearly"].why_not
    assert few["department"].why_not
    assert few["media"].why_not
    assert not few["department_yearly"].why_not
    assert not many["department"].why_not
    assert not many["media"].why_not
    assert many["department_yearly"].why_not
    # 164.408(c): 60 days after the end of the calendar year.
    assert few["department_yearly"].due_at == at("2027-03-01T23:59", "America/New_York")


def test_people_are_told_only_when_the_risk_is_high() -> None:
    regime = BOOK.regime("gdpr")
    assert regime is not None
    moments = {Trigger.AWARE: at("2026-11-24T02:00")}
    for said, owed in ((None, False), ("no", False), ("yes", True)):
        case = Case(moments=moments, facts={"high_risk": said} if said else {})
        people = {due.key: due for due in plan(regime, case, CALENDARS)}["people"]
        assert (not people.why_not) is owed
        if owed:
            assert (people.due_at, standing(people, at("2026-11-24T02:01"))) == (None, Standing.AT_ONCE)


def test_a_hold_keeps_the_clock_and_moves_only_an_earlier_end() -> None:
    regime = BOOK.regime("sec")
    assert regime is not None
    determined, until = at("2026-06-08T15:00"), at("2026-07-12T21:30")
    case = Case(moments={Trigger.MATERIAL: determined}, handled={"form_8k": Handled(held_until=until)})
    held = plan(regime, case, CALENDARS)[0]
    assert (held.due_at, held.moved) == (until, "delayed by the authorities")
    assert standing(held, until - timedelta(days=1)) is Standing.HELD
    early = Case(moments={Trigger.MATERIAL: determined}, handled={"form_8k": Handled(held_until=determined)})
    assert plan(regime, early, CALENDARS)[0].due_at == at("2026-06-12T21:30")


def test_at_80_percent_it_is_at_risk_and_exactly_at_its_end_still_met() -> None:
    found = dues("gdpr", aware="2026-11-24T00:00")["authority"]
    due = found.due_at
    assert due is not None
    assert standing(found, due - timedelta(hours=14, minutes=25)) is Standing.ON_TRACK
    assert standing(found, due - timedelta(hours=14, minutes=23)) is Standing.AT_RISK
    assert standing(found, due) is Standing.AT_RISK
    assert standing(found, due + timedelta(seconds=1)) is Standing.BREACHED
    assert standing(
        dues("gdpr", sent={"authority": "2026-11-27T00:00"}, aware="2026-11-24T00:00")["authority"], due
    ) is (Standing.MET)


def test_a_month_over_a_change_of_clocks_keeps_the_time_on_the_wall() -> None:
    found = dues("cra_incident", sent={"notification": "2026-02-28T23:00"})["final"]
    assert found.due_at == at("2026-04-01T00:00", "Europe/Berlin") == at("2026-03-31T22:00")
    # 26 March 2028 in Berlin leaves out 02:00 to 03:00: what would end inside ends when the clock jumps.
    skipped = dues("nis2", sent={"notification": "2028-02-26T01:30"})["final"]
    assert skipped.due_at == at("2028-03-26T01:00")


def test_proposals_say_why_and_a_no_ends_them() -> None:
    ours = Clocks(regimes=BOOK.regimes, calendars=BOOK.calendars, who=["controller", "nis2"])
    found = {p.regime: p for p in propose(ours, "security", {"personal_data": "yes"})}
    assert found["gdpr"].likely
    assert "Personal data is affected: yes." in found["gdpr"].reasons
    assert not found["nis2"].likely
    assert "hipaa" not in found
    assert "gdpr" not in {p.regime for p in propose(ours, "security", {"personal_data": "no"})}
    assert "gdpr" not in {p.regime for p in propose(ours, "disruption", {})}
    assert propose(ours, "security", {"personal_data": "yes"})[0].regime == "gdpr"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda b: b["regimes"][0]["clocks"][0].update(calendar="moon"), "there is no calendar 'moon'"),
        (lambda b: b["regimes"][0]["clocks"][0].update(trigger="submitted"), "name the earlier report"),
        (lambda b: b["regimes"][0].update(citation=" "), "every clock must say where it comes from"),
        (lambda b: b["regimes"][0].update(checked_on="soon"), "write the date as"),
        (lambda b: b["regimes"][0].update(clocks=[]), "needs at least one"),
        (lambda b: b["regimes"].append(b["regimes"][0]), "is there twice"),
        (lambda b: b["regimes"][0]["clocks"][0].update(unit="fortnights"), "'fortnights' is not known"),
        (lambda b: b["regimes"][0]["clocks"][0].update(amount=-1), "must lie between"),
        (lambda b: b["regimes"][2]["clocks"][1].update(trigger="submitted", after="final"), "in a circle"),
        (lambda b: b.update(regimes="none"), "regimes:"),
    ],
)
def test_a_book_that_cannot_be_counted_is_refused_with_the_place_and_the_mend(change: object, sentence: str) -> None:
    content = deepcopy(BUILT_IN)
    change(content)  # type: ignore[operator]
    with pytest.raises(Invalid, match=sentence):
        check(content)


def test_editions_are_compared_in_words() -> None:
    content = deepcopy(BUILT_IN)
    content["who"] = ["sec"]
    content["regimes"][0]["clocks"][0]["amount"] = 48
    del content["regimes"][-1]
    said = differences(BUILT_IN, content)
    assert said == [
        "We are: sec",
        "Card brands (PCI) is no longer kept",
        "GDPR, Notification of the breach: amount 72 becomes 48",
    ]
    assert differences(BUILT_IN, deepcopy(BUILT_IN)) == []
