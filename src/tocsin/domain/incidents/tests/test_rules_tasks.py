"""Lists of tasks as people type them, and when an owner is reminded."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.domain.incidents.rules.linking import address, dial, pin
from tocsin.domain.incidents.rules.tasks import Item, drafts, read, remind_at, suits, written
from tocsin.kernel.errors import Invalid

NOW = datetime(2026, 11, 24, 2, 47, tzinfo=UTC)


def test_a_line_is_a_title_an_owner_and_a_time() -> None:
    typed = "Fail over and verify | @operations | 15m\n\nTell the shops\nCall the vendor | 1h 30m\na|b | @mateo"
    lines: list[tuple[str, str, int | None]] = [
        ("Fail over and verify", "operations", 15),
        ("Tell the shops", "", None),
        ("Call the vendor", "", 90),
        ("a|b", "mateo", None),
    ]
    assert read(typed) == lines
    assert read(written(lines)) == lines


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "write at least one task"),
        ("a | @b | 5m | more", "line 1 has more than"),
        ("one\n| @b | 5m", "line 2 needs a title"),
        ("a | @b | soon", "line 1: 'soon' is no time"),
        ("a | @b | 30d", "between 1 minute and 14 days"),
        ("\n".join(f"task {n}" for n in range(51)), "at most 50 tasks"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(typed: str, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        read(typed)


def test_whoever_left_leaves_the_task_without_an_owner_and_it_says_so() -> None:
    items = [Item("Call", "person:1", 15), Item("Draft", "role:communications"), Item("Watch", "person:2")]
    found = drafts(items, now=NOW, holders={}, active={"2": "Linh"}, names={"1": "Siobhan", "2": "Linh"})
    assert [(d.owner, d.due_at, d.missing) for d in found] == [
        (None, NOW + timedelta(minutes=15), "'Call' has no owner: Siobhan is not here any more."),
        (None, None, "'Draft' has no owner yet: nobody is Communications Lead."),
        ("2", None, ""),
    ]


@given(st.integers(1, 60 * 24 * 14))
def test_a_reminder_comes_before_the_task_is_due_and_never_before_now(minutes: int) -> None:
    due = NOW + timedelta(minutes=minutes)
    at = remind_at(due, NOW)
    assert at is None if minutes < 5 else at is not None and NOW < at < due


def test_a_list_suits_its_kind_from_its_severity_up() -> None:
    assert suits("", "", of_kind="security", of_severity="low")
    assert suits("disruption", "high", of_kind="disruption", of_severity="critical")
    assert not suits("disruption", "high", of_kind="disruption", of_severity="medium")
    assert not suits("disruption", "", of_kind="security", of_severity="critical")


@pytest.mark.parametrize(
    "evil", ["javascript:alert(1)", "//x", "https://", "ftp://x", "https://a:b@x", "https://x:99999"]
)
def test_a_link_leads_to_a_web_address_or_nowhere(evil: str) -> None:
    with pytest.raises(Invalid):
        address(evil)


def test_a_phone_dials_number_and_pin_with_one_tap() -> None:
    assert dial("+49 (30) 12-34", "567") == "tel:+49301234,,567%23"
    assert dial("+49 30 1234", "") == "tel:+49301234"
    assert pin(" 12-34# ") == "1234#"
