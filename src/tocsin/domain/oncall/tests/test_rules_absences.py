"""Which events of a calendar are absences: real files, hostile files, and nothing kept that is private."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.domain.oncall.rules.absences import absences_in
from tocsin.kernel.errors import Invalid

START = datetime(2026, 11, 20, tzinfo=UTC)
END = START + timedelta(days=60)


def ics(*events: str) -> bytes:
    body = "".join(
        f"BEGIN:VEVENT\r\n{event.strip().replace(chr(10), chr(13) + chr(10))}\r\nEND:VEVENT\r\n" for event in events
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\n{body}END:VCALENDAR\r\n".encode()


def found(*events: str, words: str = "", zone: str = "Europe/Berlin") -> list[tuple[str, str]]:
    return [
        (one.start.strftime("%m-%d %H:%M"), one.end.strftime("%m-%d %H:%M"))
        for one in absences_in(ics(*events), zone, words, START, END)
    ]


def test_whole_days_are_days_of_the_persons_zone() -> None:
    event = "UID:1\nDTSTART;VALUE=DATE:20261201\nDTEND;VALUE=DATE:20261203\nSUMMARY:Vacation"
    assert found(event) == [("11-30 23:00", "12-02 23:00")]
    assert found(event, zone="America/New_York") == [("12-01 05:00", "12-03 05:00")]
    assert found("UID:1\nDTSTART;VALUE=DATE:20261201\nSUMMARY:One day") == [("11-30 23:00", "12-01 23:00")]


def test_times_of_a_zone_of_utc_and_of_the_wall_are_read() -> None:
    assert found("UID:1\nDTSTART;TZID=Europe/Berlin:20261201T090000\nDTEND;TZID=Europe/Berlin:20261201T120000") == [
        ("12-01 08:00", "12-01 11:00")
    ]
    assert found("UID:1\nDTSTART:20261201T090000Z\nDTEND:20261201T120000Z") == [("12-01 09:00", "12-01 12:00")]
    assert found("UID:1\nDTSTART:20261201T090000\nDTEND:20261201T120000") == [("12-01 08:00", "12-01 11:00")]


def test_repeated_events_count_each_time_with_their_exceptions() -> None:
    event = (
        "UID:1\nDTSTART;VALUE=DATE:20261204\nRRULE:FREQ=WEEKLY;COUNT=3\n"
        "EXDATE;VALUE=DATE:20261211\nSUMMARY:Off on Fridays"
    )
    assert [start for start, _ in found(event)] == ["12-03 23:00", "12-17 23:00"]


def test_only_events_with_one_of_the_words_or_out_of_office_count() -> None:
    meeting = "UID:1\nDTSTART:20261201T090000Z\nDTEND:20261201T100000Z\nSUMMARY:Weekly meeting"
    leave = "UID:2\nDTSTART:20261202T090000Z\nDTEND:20261202T100000Z\nSUMMARY:Parental LEAVE\nTRANSP:TRANSPARENT"
    office = "UID:3\nDTSTART:20261203T090000Z\nDTEND:20261203T100000Z\nSUMMARY:Away\nX-MICROSOFT-CDO-BUSYSTATUS:OOF"
    gone = "UID:4\nDTSTART:20261204T090000Z\nDTEND:20261204T100000Z\nSUMMARY:Leave\nSTATUS:CANCELLED"
    events = (meeting, leave, office, gone)
    assert [start[:5] for start, _ in found(*events, words="vacation, leave")] == ["12-02", "12-03"]
    assert [start[:5] for start, _ in found(*events)] == ["12-01", "12-03"]


def test_the_same_occurrence_has_the_same_name_each_time_it_is_read() -> None:
    event = "UID:1\nDTSTART;VALUE=DATE:20261204\nRRULE:FREQ=WEEKLY\nSUMMARY:Off"
    once = absences_in(ics(event), "UTC", "", START, END)
    again = absences_in(ics(event), "UTC", "", START + timedelta(days=20), END)
    assert {one.uid for one in again} < {one.uid for one in once}
    assert len({one.uid for one in once}) == len(once)


@pytest.mark.parametrize("rule", ["FREQ=SECONDLY", "FREQ=MINUTELY;INTERVAL=1", "FREQ=DAILY;BYSECOND=1,2,3"])
def test_a_rule_made_to_cost_hours_is_left_out_at_once(rule: str) -> None:
    bomb = f"UID:1\nDTSTART:20000101T000000Z\nDTEND:20000101T000100Z\nRRULE:{rule}\nSUMMARY:Leave"
    good = "UID:2\nDTSTART:20261202T090000Z\nDTEND:20261202T100000Z\nSUMMARY:Leave"
    assert len(found(bomb, good)) == 1


@pytest.mark.parametrize("content", [b"", b"<html>Sign in</html>", b"BEGIN:VEVENT\r\nEND:VEVENT", b"\xff\xfe\x00"])
def test_what_is_no_calendar_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match=r"not an iCalendar file"):
        absences_in(content, "UTC", "", START, END)


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=400) | st.text(max_size=300).map(str.encode))
def test_whatever_comes_is_a_calendar_or_refused(content: bytes) -> None:
    wrapped = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\n" + content + b"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    for given_ in (content, wrapped):
        with suppress(Invalid):
            absences_in(given_, "UTC", "", START, END)
