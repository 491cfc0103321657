"""Choosing among many: a list of people, teams or services too long to look through gets a search of its own.

Hides when a choice is long, what a search finds, and how it works in every form without its view knowing: with
scripts the list narrows while one types; without, the button Find posts the form, which is then drawn again, not used.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import escape
from django.utils.safestring import SafeString

FIND = "_find"
"""The name of the button that narrows the lists of a form without scripts."""
MANY_BOXES, MANY_OPTIONS = 12, 30
"""More boxes than fit a look; more options than typing the first letters finds quickly."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose. `group` is the heading that it stands under, '' for none."""

    value: str
    label: str
    group: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Pick:
    """What the field component draws of a long choice."""

    name: str
    words: str
    rows: SafeString
    shown: int
    total: int
    chosen: tuple[str, ...]
    """The words of what is chosen."""
    finding: bool

    @property
    def missed(self) -> bool:
        """True when a search found nothing that is not chosen already."""
        return self.finding and bool(self.words) and self.shown <= len(self.chosen)


def is_long(field: forms.Field) -> bool:
    """True when the choices of a field need a search."""
    widget, choices = field.widget, getattr(field, "choices", ())
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return sum(1 for _ in _flat(choices)) > MANY_BOXES
    return type(widget) is forms.Select and sum(1 for _ in _flat(choices)) > MANY_OPTIONS


def finding(data: Mapping[str, Any] | None) -> bool:
    """True when a form was posted to search its lists: nothing of it may be done."""
    return data is not None and FIND in data


def pick(bound: BoundField) -> Pick:
    """The list of a long choice: what is chosen first, then what fits the search that was asked for."""
    data = bound.form.data
    asked = finding(data)
    name = f"find_{bound.html_name}"
    words = str(data.get(name, "")) if asked else ""
    given = bound.value()
    values = {str(one) for one in given} if isinstance(given, list | tuple | set) else {str(given or "")}
    every = [
        Choice(value, label, group, value in values)
        for value, label, group in _flat(bound.field.choices)  # type: ignore[attr-defined]
    ]
    shown = sorted((c for c in every if c.chosen or not c.value or fits(words, c.label, c.group)), key=_place)
    chosen = tuple(c.label for c in every if c.chosen)
    return Pick(name, words, _rows(bound, shown), len(shown), len(every), chosen, asked)


def _rows(bound: BoundField, shown: list[Choice]) -> SafeString:
    """Each choice as a row whose whole width is the target. By hand: there are 600 time zones, four times on a page."""
    kind = "checkbox" if isinstance(bound.field.widget, forms.CheckboxSelectMultiple) else "radio"
    head = f'<label class="t-choice"><input type="{kind}" name="{escape(bound.html_name)}"'
    id_, parts = escape(bound.auto_id), []
    for number, choice in enumerate(shown):
        checked = " checked" if choice.chosen else ""
        group = f'<span class="t-meta">{escape(choice.group)}</span>' if choice.group else ""
        parts.append(
            f'{head} value="{escape(choice.value)}" id="{id_}_{number}"{checked}>'
            f"<span><bdi>{escape(choice.label)}</bdi></span>{group}</label>"
        )
    return SafeString("".join(parts))


def fits(words: str, *texts: str) -> bool:
    """True when every word is a part of the texts; capitals and accents do not matter."""
    text = folded(" ".join(texts))
    return all(word in text for word in folded(words).split())


def folded(text: str) -> str:
    """The text without capitals and accents, as `picking.js` folds it."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(c for c in parts if not unicodedata.combining(c)).casefold()


def _place(choice: Choice) -> int:
    """The empty choice of a list of which one is chosen stands first, then what is chosen."""
    return 0 if not choice.value else 1 if choice.chosen else 2


def _flat(choices: Any) -> Iterator[tuple[str, str, str]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from ((str(v), str(one), str(value)) for v, one in label)
        else:
            yield str(value if value is not None else ""), str(label), ""
