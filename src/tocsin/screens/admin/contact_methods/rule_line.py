"""One's own rules as a line: a mark per rule at its minute, by what beside it. Drawn by the server, in per cent.

The list below it says the same in words.
"""

from collections.abc import Sequence
from datetime import timedelta

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from tocsin.domain.oncall.queries import RuleView
from tocsin.kernel.durations import human_duration

_ROW = 34
_FITS = 34
_LEAST = timedelta(minutes=5)


def rule_line(rules: Sequence[RuleView], name: str) -> SafeString:
    """A row per rule, each a step further right the later it rings."""
    if not rules:
        return SafeString("")
    length = max(rules[-1].after, _LEAST)
    height = len(rules) * _ROW + 6
    drawn = format_html_join("", "{}", ((_rule(rule, at, length),) for at, rule in enumerate(rules)))
    return format_html(
        '<svg width="100%" height="{}" role="img" aria-label="{}">{}</svg>', height, f"{name}: {spoken(rules)}", drawn
    )


def spoken(rules: Sequence[RuleView]) -> str:
    """The whole of it in one sentence."""
    return "; ".join(f"{when(rule)} {by(rule)}" for rule in rules)


def when(rule: RuleView) -> str:
    """`at once`, `after 2 min`."""
    return f"after {human_duration(rule.after)}" if rule.after else "at once"


def by(rule: RuleView) -> str:
    """`Phone and Mail`."""
    labels = list(dict.fromkeys(method.label for method in rule.methods))
    return labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} and {labels[-1]}"


def _rule(rule: RuleView, number: int, length: timedelta) -> SafeString:
    x, y = round(2 + 48 * (rule.after / length), 2), number * _ROW + 18
    rings = any(method.rings for method in rule.methods)
    fill = "--accent-solid" if rings else "--surface"
    shape = (
        '<line x1="2%" x2="{0}%" y1="{1}" y2="{1}" stroke="var(--line)" stroke-width="2"/>'
        '<circle cx="{0}%" cy="{1}" r="6" fill="var({2})" stroke="var(--accent)" stroke-width="2"/>'
        '<text x="{3}%" y="{4}" font-size="13" fill="var(--ink)">{5}</text>'
    )
    return format_html(shape, x, y, fill, x + 4, y + 5, _fitted(rule))


def _fitted(rule: RuleView) -> str:
    """What fits beside its mark on a phone: as many names as there is room for, and how many more there are."""
    words = f"{when(rule)}: {by(rule)}"
    labels = list(dict.fromkeys(method.label for method in rule.methods))
    kept = len(labels)
    while len(words) > _FITS and kept > 1:
        kept -= 1
        words = f"{when(rule)}: {', '.join(labels[:kept])} and {len(labels) - kept} more"
    return words if len(words) <= _FITS else f"{words[: _FITS - 1]}…"
