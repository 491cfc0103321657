"""From YAML to a document, with every fault of form named at once: where it is, and the mend.

Never asks a room: whether names exist is found while applying.
"""

import re
from collections import Counter
from typing import Any, get_args

import msgspec
import yaml
from msgspec.structs import FieldInfo, fields

from tocsin.cli.organisation.applying import listed
from tocsin.cli.organisation.entry import Entry
from tocsin.cli.organisation.problems import Problems
from tocsin.cli.organisation.registry import document_type, sections
from tocsin.kernel.errors import Invalid

MAX_CHARACTERS = 2_000_000


class _Loader(yaml.SafeLoader):
    """YAML without its surprises: 10:00 is no number, 2026-01-05 stays text, NO (Norway) is not false."""


_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^(?:0|-?[1-9][0-9]*)$"), list("-0123456789"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|)$"), ["~", "n", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile(r"^<<$"), ["<"])


def read(text: str) -> Entry:
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
    values = _struct(document_type(), {} if content is None else content, "", problems)
    _check_twice(content, problems)
    problems.check()
    document: Entry = msgspec.convert(values, document_type())
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
    for name, section in sections().items():
        entries = content.get(name) if isinstance(content, dict) and section.many and not section.alike else None
        given = [e for e in entries or [] if isinstance(e, dict)]
        for known, count in Counter(str(entry.get(section.key_field, "")).lower() for entry in given).items():
            if count > 1 and known:
                problems.add(name, f"'{known}' is listed {count} times; keep one.")


def _check_values(document: Entry, problems: Problems) -> None:
    """Dates, times and targets, which the form alone cannot tell; then the one spelling of everything."""
    for name, section in sections().items():
        for number, entry in enumerate(listed(document, name), 1):
            section.check(entry, f"{name}[{number}]" if section.many else name, problems)
            section.normal(entry)
