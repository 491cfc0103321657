"""A series says the same as a picture, as a table and as numbers for the script."""

import json
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from tocsin.ui.plots import Line, Mark, Plot, drawn, number, ticks, time_ticks

NIGHT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def plot(**more: Any) -> Plot:
    times = [NIGHT + timedelta(minutes=10 * n) for n in range(6)]
    given = {
        "label": "Checkout errors up to 38 % since 02:47.",
        "times": times,
        "lines": [Line("Errors", [1, 1, 2, 38, 37, 38], "s1", [False] * 3 + [True] * 3)],
        "start": NIGHT,
        "end": NIGHT + timedelta(hours=1),
        "unit": "%",
    }
    return Plot(**{**given, **more})


def test_the_finding_is_said_for_those_who_do_not_see_the_picture() -> None:
    assert 'role="img" aria-label="Checkout errors up to 38 % since 02:47."' in drawn(plot())


def test_what_is_not_well_is_drawn_in_another_look() -> None:
    looks = re.findall(r'<path class="(\w+)"', drawn(plot()))
    assert looks == ["s1", "hot"]


def test_every_value_stands_in_a_table_too() -> None:
    html = drawn(plot())
    assert html.count('<tr><th scope="row">') == 6
    assert "38\N{NO-BREAK SPACE}%" in html


def test_a_long_series_is_thinned_in_the_table_but_not_in_the_picture() -> None:
    times = [NIGHT + timedelta(seconds=30 * n) for n in range(1000)]
    html = drawn(plot(times=times, lines=[Line("x", [1.0] * 1000)], end=times[-1]))
    assert html.count('<th scope="row">') <= 120
    assert len(json.loads(unescape(re.findall(r'data-plot="([^"]*)"', html)[0]))["t"]) == 1000


def test_no_line_is_drawn_where_there_is_no_value() -> None:
    html = drawn(plot(lines=[Line("Errors", [1, 1, None, None, 2, 2])]))
    assert html.count('<path class="s1"') == 2


def test_a_single_value_is_a_dot() -> None:
    html = drawn(plot(lines=[Line("Errors", [None, None, 5, None, None, None])]))
    assert '<path class="s1 dot"' in html


def test_a_mark_carries_its_word_and_near_marks_share_one() -> None:
    marks = [Mark(NIGHT + timedelta(minutes=m), word) for m, word in ((20, "INC-42"), (21, "INC-43"), (90, "late"))]
    html = drawn(plot(marks=marks))
    assert "INC-42, INC-43" in html
    assert html.count('class="mark"') == 1


def test_words_of_others_cannot_break_out() -> None:
    evil = '"><script>'
    html = drawn(plot(label=evil, marks=[Mark(NIGHT, evil)], lines=[Line(evil, [1.0] * 6), Line("b", [2.0] * 6)]))
    assert "<script>" not in html


def test_a_picture_carries_no_style_of_its_own() -> None:
    assert "style=" not in drawn(plot(marks=[Mark(NIGHT, "a")], regions=[(NIGHT, NIGHT + timedelta(minutes=5))]))


def test_an_empty_series_is_drawn_as_an_empty_frame() -> None:
    assert "<svg" in drawn(plot(times=[], lines=[Line("Errors", [])]))


@pytest.mark.parametrize("highest", [0, 0.003, 0.7, 1, 3.2, 38.2, 99, 1000, 48_120])
def test_the_scale_has_four_to_six_round_steps_and_holds_every_value(highest: float) -> None:
    found = ticks(highest)
    assert found[0] == 0
    assert found[-1] >= highest
    assert 2 <= len(found) <= 6


def test_counted_things_have_no_half_steps() -> None:
    assert ticks(1, whole=True) == [0, 1]
    assert ticks(3, whole=True) == [0, 1, 2, 3]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "America/St_Johns"])
@pytest.mark.parametrize("hours", [1, 6, 24, 24 * 7])
def test_times_below_are_round_in_the_viewers_zone(zone: str, hours: int) -> None:
    with timezone.override(zone):
        found = time_ticks(NIGHT, NIGHT + timedelta(hours=hours))
    assert 2 <= len(found) <= 9
    assert all(tick.minute % 5 == 0 and tick.second == 0 for tick in found)


def test_numbers_are_written_for_people() -> None:
    assert [number(v) for v in (0, 0.25, 1.5, 42, 48_120.4)] == ["0", "0.25", "1.5", "42", "48,120"]
