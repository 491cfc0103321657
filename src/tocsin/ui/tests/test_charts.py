"""Bars and lines say by shape what they say by colour."""

import re

from tocsin.ui.charts import bars, columns, spark
from tocsin.ui.parts import Day


def test_the_lost_share_of_a_day_rises_over_its_pale_bar() -> None:
    html = bars([Day("ok"), Day("bad", 0.5)], "Checkout")
    assert html.index('class="bg"') < html.index('class="b"')
    assert '<path class="b" d="M4 14h3V28h-3z"/>' in html


def test_one_lost_minute_still_shows() -> None:
    assert "M0 21h3V28h-3z" in bars([Day("warn", 0.001)], "x")


def test_ninety_days_come_with_a_drawing_of_thirty_for_narrow_places() -> None:
    html = bars([Day("ok")] * 90, "Checkout, 90 days: 100 %")
    assert html.count("<svg") == 2
    assert len(html) < 4000


def test_names_of_customers_cannot_break_out_of_a_label() -> None:
    assert "<script>" not in bars([Day("ok")], '"><script>')


def test_a_line_turns_red_where_it_is_abnormal_and_a_flat_one_is_drawn() -> None:
    assert spark([1, 1, 9], "x", [False, False, True]).count("class=now") == 1
    assert "<path" in spark([2, 2, 2], "x")
    assert "<svg" in spark([], "x")


def test_a_phone_shows_every_second_word_below_columns_unless_they_are_short() -> None:
    months = columns([1, 2, 3], ["26 October", "2 November", "9 November"], "Incidents")
    assert re.findall(r'class="x( t-opt)?"', months) == ["", " t-opt", ""]
    assert "t-opt" not in columns([1, 2, 3], ["00", "03", "06"], "Pages")
