"""What people write as HTML: what helps is shown, everything else is text."""

import pytest

from tocsin.ui.writing import said


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("# not a heading", "<p># not a heading</p>"),
        ("~~gone~~", "<p><s>gone</s></p>"),
        (
            "see https://example.org/a?b=1&c=2.",
            '<p>see <a href="https://example.org/a?b=1&amp;c=2" rel="nofollow noopener noreferrer">https://example.org/a?b=1&amp;c=2</a>.</p>',
        ),
        ("`https://example.org`", "<p><code>https://example.org</code></p>"),
        ("@mateo, `@mateo` and @linh", '<p><b class="t-mention">@mateo</b>, <code>@mateo</code> and @linh</p>'),
    ],
)
def test_a_harmless_part_of_markdown_is_drawn(typed: str, shown: str) -> None:
    assert said(typed, ["mateo"]).strip() == shown


def test_a_long_pasted_text_is_drawn_in_no_time_that_grows_with_its_square() -> None:
    assert said("@" * 20_000)
    assert said("[" * 20_000)
    assert said("`" * 20_000)
