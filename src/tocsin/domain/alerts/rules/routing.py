"""Which route takes an alert, and which silences and inhibitions keep it quiet. One matcher for all three.

Hides matching by regular expression in linear time (a stranger's pattern cannot hang it), anchored at both
ends as in Alertmanager. A label that is missing counts as empty. Never drops an alert: no route is an answer.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

import re2

from tocsin.domain.alerts.rules.identity import Labels
from tocsin.kernel.errors import Invalid

LONGEST_PATTERN = 2000


class Op(StrEnum):
    """How a matcher compares."""

    EQUAL = "="
    NOT_EQUAL = "!="
    MATCHES = "=~"
    NOT_MATCHES = "!~"


_REGEX = frozenset({Op.MATCHES, Op.NOT_MATCHES})
_NEGATIVE = frozenset({Op.NOT_EQUAL, Op.NOT_MATCHES})


@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition on one label. Raises `Invalid` when its regular expression is none."""

    name: str
    op: Op
    value: str

    def __post_init__(self) -> None:
        if not self.name:
            raise Invalid('matchers: a label name is missing; write one like severity="critical".', field="matchers")
        if self.op in _REGEX:
            _pattern(self.value)

    def __str__(self) -> str:
        quoted = self.value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'{self.name}{self.op}"{quoted}"'

    def matches(self, labels: Labels) -> bool:
        """True when the labels meet the condition."""
        found = labels.get(self.name, "")
        if self.op in _REGEX:
            hit = _pattern(self.value).fullmatch(_encodable(found)) is not None
        else:
            hit = found == self.value
        return hit is not (self.op in _NEGATIVE)


def matches(matchers: Iterable[Matcher], labels: Labels) -> bool:
    """True when all conditions are met; no condition is always met."""
    return all(matcher.matches(labels) for matcher in matchers)


_MATCHER = re.compile(
    r"""\s*(?P<name>"(?:[^"\\]|\\.)*"|[^\s"{}=!~,]+)\s*(?P<op>=~|!~|!=|=)\s*"""
    r"""(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>(?![=~])[^,"{}]*))\s*(?:,|$)""",
    re.DOTALL,
)
_ESCAPES = {"n": "\n", "t": "\t"}


def parse_matchers(text: str) -> tuple[Matcher, ...]:
    """`{a="b", c=~"d.*"}` or `a=b,c!=d`, as Alertmanager and amtool write them. Raises `Invalid`."""
    text = text.strip()
    if text.startswith("{") and text.endswith("}"):
        text = text[1:-1].strip()
    found, position = [], 0
    while position < len(text):
        part = _MATCHER.match(text, position)
        if part is None:
            raise Invalid(
                f"matchers: cannot read '{text[position : position + 40]}'; write it like "
                'severity="critical", team=~"web|db".',
                field="matchers",
            )
        quoted = part["quoted"]
        value = part["bare"].strip() if quoted is None else _unescaped(quoted)
        name = _unescaped(part["name"][1:-1]) if part["name"].startswith('"') else part["name"]
        found.append(Matcher(name, Op(part["op"]), value))
        position = part.end()
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Route:
    """Alerts that meet the matchers go to a service and its policy; `continue_` lets later routes have them too."""

    id: str
    order: int
    matchers: tuple[Matcher, ...]
    service: str
    policy: str
    group_by: tuple[str, ...] = ()
    continue_: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Routed:
    """The routes that take the alert, in order; at least one."""

    routes: tuple[Route, ...]


@dataclass(frozen=True, slots=True)
class Unrouted:
    """No route takes it: the catch-all people are paged with `sentence`, which names what is missing."""

    labels: Labels

    @property
    def sentence(self) -> str:
        telling = [name for name in _TELLING if self.labels.get(name)] or sorted(self.labels)[:3]
        shown = ", ".join(str(Matcher(name, Op.EQUAL, self.labels[name][:80])) for name in telling)
        return f"No route takes alerts with {{{shown}}}; add one, so that the right people are paged."


_TELLING = ("service", "job", "team", "alertname", "severity", "source")


def route(routes: Iterable[Route], labels: Labels) -> Routed | Unrouted:
    """The first route that matches, and those after it while `continue_` is set."""
    taken = []
    for candidate in sorted(routes, key=lambda each: each.order):
        if matches(candidate.matchers, labels):
            taken.append(candidate)
            if not candidate.continue_:
                break
    return Routed(tuple(taken)) if taken else Unrouted(labels)


@dataclass(frozen=True, slots=True)
class Silence:
    """Alerts that meet the matchers page nobody from `starts_at` until just before `ends_at`."""

    id: str
    matchers: tuple[Matcher, ...]
    starts_at: datetime
    ends_at: datetime


def silenced_by(silences: Iterable[Silence], labels: Labels, now: datetime) -> tuple[str, ...]:
    """Ids of the silences in force that cover the alert. One without any matcher covers nothing."""
    return tuple(
        silence.id
        for silence in silences
        if silence.matchers and silence.starts_at <= now < silence.ends_at and matches(silence.matchers, labels)
    )


@dataclass(frozen=True, slots=True)
class Inhibition:
    """While an alert that meets `source` fires, those that meet `target` with `equal` labels page nobody."""

    id: str
    source: tuple[Matcher, ...]
    target: tuple[Matcher, ...]
    equal: tuple[str, ...] = ()


def inhibited_by(inhibitions: Iterable[Inhibition], firing: Iterable[Labels], labels: Labels) -> tuple[str, ...]:
    """Ids of the inhibitions that keep the alert quiet. An alert that meets both sides never inhibits itself."""
    others = list(firing)
    return tuple(rule.id for rule in inhibitions if _inhibits(rule, others, labels))


def _inhibits(rule: Inhibition, others: Iterable[Labels], labels: Labels) -> bool:
    if not matches(rule.target, labels):
        return False
    is_source_too = matches(rule.source, labels)
    return any(
        matches(rule.source, other)
        and all(other.get(name, "") == labels.get(name, "") for name in rule.equal)
        and not (is_source_too and matches(rule.target, other))
        for other in others
    )


@lru_cache(maxsize=4096)
def _pattern(value: str) -> Any:
    if len(value) > LONGEST_PATTERN:
        raise Invalid(
            f"matchers: a regular expression may have {LONGEST_PATTERN} characters; shorten it.", field="matchers"
        )
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(_encodable(value), options)
    except re2.error as error:
        raise Invalid(
            f"matchers: '{value[:80]}' is not a regular expression (RE2 syntax).", field="matchers"
        ) from error


def _encodable(text: str) -> str:
    """Half of a surrogate pair cannot be matched; it becomes the replacement character."""
    return text.encode("utf-8", "replace").decode() if not text.isascii() else text


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text, flags=re.DOTALL)
