"""The page has a style sheet of its own; its colours are those of the house."""

import re
from pathlib import Path

from django.contrib.staticfiles import finders

OWN = Path(__file__).parent.parent / "assets" / "status.css"
_TOKEN = re.compile(r"(--[\w-]+):\s*(light-dark\([^)]*\))")


def test_every_colour_of_the_page_is_a_colour_of_the_design_language() -> None:
    found = finders.find("ui/css/tokens.css")
    assert isinstance(found, str)
    house = dict(_TOKEN.findall(Path(found).read_text(encoding="utf-8")))
    own = dict(_TOKEN.findall(OWN.read_text(encoding="utf-8")))
    assert len(own) > 20
    assert {name: value for name, value in own.items() if house.get(name) != value} == {}


def test_the_style_sheet_stays_small_enough_for_a_first_look_on_a_slow_phone() -> None:
    assert OWN.stat().st_size < 12_000
