"""Finds the sections of the file: every module of `sections/` that has one. Assembles the file's form from them.

Hides where sections come from. Never reads or writes a room.
"""

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any

from msgspec import defstruct, field

from tocsin.cli.organisation import sections as package
from tocsin.cli.organisation.entry import Entry
from tocsin.cli.organisation.section import Section


@cache
def sections() -> Mapping[str, Section[Any]]:
    """Every section by name, those that others name first: the order in which they are read and saved."""
    found = [import_module(f"{package.__name__}.{module.name}") for module in pkgutil.iter_modules(package.__path__)]
    left = sorted((module.SECTION for module in found), key=lambda section: (section.place, section.name))
    ready: dict[str, Section[Any]] = {}
    while left:
        free = next(section for section in left if set(section.after) <= set(ready))
        ready[free.name] = free
        left.remove(free)
    return ready


@cache
def document_type() -> type[Entry]:
    """The form of the whole file. A section that is left out stays as it is; so does an entry, unless removal is asked
    for.
    """
    fields: list[Any] = [
        (section.name, list[section.entry], field(default_factory=list))  # type: ignore[name-defined]
        if section.many
        else (section.name, section.entry | None, None)
        for section in sorted(sections().values(), key=lambda section: (section.place, section.name))
    ]
    return defstruct("Document", fields, bases=(Entry,), kw_only=True, omit_defaults=True)  # type: ignore[return-value]
