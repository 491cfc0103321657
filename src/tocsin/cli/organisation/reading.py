"""From YAML to a document, with every fault of form named at once: where it is, and the mend.

Never asks a room: whether names exist is found while applying.
"""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date, time
from typing import Any, get_args

import msgspec
import yaml
from msgspec.structs import FieldInfo, fields

from tocsin.cli.organisation.document import Document, Entry
from tocsin.kernel.errors import Invalid, Refused

MAX_CHARACTERS = 2_000_000
KEYS = {
    "people": "email",
    "teams": "slug",
    "services": "slug",
    "schedules": "name",
    "policies": "name",
    "checks": "name",
    "channels": "name",
    "incident_templates": "name",
}


class _Loader(yaml.SafeLoader):
    """YAML without its surprises: 10:00 is no number, 2026-01-05 stays text, NO (Norway) is not false."""


_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^(?:0|-?[1-9][0-9]*)$"), list("-0123456789"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|)$"), ["~", "n", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile(r"^<<$"), ["<"])


class Problems:
    """Sentences about one file, in order; raised together."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, path: str, sentence: str) -> None:
        """Note what is wrong at `path`."""
        self.found.append(f"{path}: {sentence}")

    def refused(self, path: str, refusal: Refused) -> None:
        """Note a room's refusal of the entry at `path`."""
        self.add(path, refusal.sentence)

    def check(self) -> None:
        """Raise `Invalid` with all sentences, one a line, when there is any."""
        if self.found:
            count = f"{len(self.found)} problems" if len(self.found) > 1 else "1 problem"
            raise Invalid("\n".join([f"The file has {count}; nothing was changed.", *self.found]), field="file")


def read(text: str) -> Document:
    """The document of a file. Raises `Invalid` naming every fault of form."""
    if len(text) > MAX_CHARACTERS:
        raise Invalid(f"file: it is longer than {MAX_CHARACTERS} characters; split it.", field="file")
    try:
        content = yaml.load(text, _Loader)  # noqa: S506 (a SafeLoader)
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f" at line {where.line + 1}" if where else ""
        raise Invalid(f"file: this is not YAML{line}; check its indentation and quotes.", field="file") from error
    problems = Problems()
    values = _struct(Document, {} if content is None else content, "", problems)
    _check_twice(content, problems)
    problems.check()
    document: Document = msgspec.convert(values, Document)
    _check_values(document, problems)
    problems.check()
    return document


def _struct(kind: type[Entry], raw: Any, path: str, problems: Problems) -> Any:
    if not isinstance(raw, dict):
        problems.add(path or "file", f"write fields here: {', '.join(f.name for f in fields(kind))}.")
        return {}
    known = {f.name: f for f in fields(kind)}
    for key in raw:
        if key not in known:
            problems.add(_under(path, key), f"this field is not known; known are {', '.join(known)}.")
    for name, found in known.items():
        if found.required and raw.get(name) is None:
            problems.add(_under(path, name), "it is missing; write it.")
    given = {name: raw[name] for name in known if raw.get(name) is not None}
    return {name: _value(known[name], value, _under(path, name), problems) for name, value in given.items()}


def _value(found: FieldInfo, value: Any, path: str, problems: Problems) -> Any:
    inner, many = _entry_of(found.type)
    if inner is not None and many:
        if not isinstance(value, list):
            problems.add(path, "write a list here, each entry after a '-'.")
            return []
        return [_struct(inner, entry, f"{path}[{n}]", problems) for n, entry in enumerate(value, 1)]
    if inner is not None:
        return _struct(inner, value, path, problems)
    try:
        msgspec.convert(value, found.type)
    except msgspec.ValidationError as error:
        problems.add(path, _in_words(str(error)))
    return value


def _entry_of(kind: Any) -> tuple[type[Entry] | None, bool]:
    """The entry that a field holds, and whether it holds a list of them."""
    if isinstance(kind, type) and issubclass(kind, Entry):
        return kind, False
    for argument in get_args(kind):
        inner, many = _entry_of(argument)
        if inner is not None:
            return inner, many or getattr(kind, "__origin__", None) is list
    return None, False


def _in_words(message: str) -> str:
    text, _, _ = message.partition(" - at ")
    mend = "put text that looks like a number or true into quotes" if "Expected `str" in text else "correct it"
    return f"{text.replace('`', '').replace('Expected', 'expected', 1)}; {mend}."


def _under(path: str, key: object) -> str:
    return f"{path}.{key}" if path else str(key)


def _check_twice(content: Any, problems: Problems) -> None:
    for section, key in KEYS.items():
        entries = content.get(section) if isinstance(content, dict) else None
        names = [str(e.get(key, "")).lower() for e in entries or [] if isinstance(e, dict)]
        for name, count in Counter(names).items():
            if count > 1 and name:
                problems.add(section, f"'{name}' is listed {count} times; keep one.")


def _check_values(document: Document, problems: Problems) -> None:
    """Dates, times and targets, which the form alone cannot tell."""
    for n, schedule in enumerate(document.schedules, 1):
        for m, layer in enumerate(schedule.layers, 1):
            path = f"schedules[{n}].layers[{m}]"
            hours = [("handoff", layer.handoff)]
            for w, window in enumerate(layer.restrictions, 1):
                hours += [(f"restrictions[{w}].opens", window.opens), (f"restrictions[{w}].closes", window.closes)]
                if window.weekday not in WEEKDAYS:
                    problems.add(f"{path}.restrictions[{w}].weekday", f"write one of {', '.join(WEEKDAYS)}.")
            _all_parse(hours, time, "a time like 09:00", path, problems)
            dates = [("start", layer.start), *([("end", layer.end)] if layer.end else [])]
            _all_parse(dates, date, "a date like 2026-01-05", path, problems)
    for n, policy in enumerate(document.policies, 1):
        for m, step in enumerate(policy.steps, 1):
            for t, target in enumerate(step.page, 1):
                named = (target.person, target.schedule, target.team, target.webhook, target.policy)
                if sum(map(bool, named)) != 1:
                    path = f"policies[{n}].steps[{m}].page[{t}]"
                    problems.add(path, "name exactly one: a person, a schedule, a team, a webhook or a policy.")


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _all_parse(
    values: Iterable[tuple[str, str]], kind: type[date] | type[time], like: str, path: str, problems: Problems
) -> None:
    for name, text in values:
        try:
            kind.fromisoformat(text)
        except ValueError:
            problems.add(f"{path}.{name}", f"'{text}' is not {like}; write one.")
