"""Makes the organisation what a document says, through the rooms' commands, and lists every difference on the way.

A rehearsal is the same work undone at its end, so that what it promises is what happens. Each entry is tried by
itself: all refusals are told together, and then nothing is changed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import transaction

from tocsin.cli.organisation.differing import Change
from tocsin.cli.organisation.entry import Entry
from tocsin.cli.organisation.problems import Problems
from tocsin.cli.organisation.registry import document_type, sections
from tocsin.cli.organisation.section import Standing
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Invalid, Refused


class _Skipped(Exception):
    """The entry names something whose own entry was refused: one sentence about that is enough."""


@dataclass(slots=True)
class Work:
    """One application of a file: what is wanted, what is, and what was found and done so far."""

    actor: Actor
    wanted: Entry
    now: Standing
    problems: Problems
    changes: list[Change]
    failed: set[tuple[str, str]]

    def entries(self, section: str) -> list[Any]:
        """What the file has under this section; a section of one entry is a list of at most one."""
        return listed(self.wanted, section)

    def id_of(self, section: str, name: str, field: str) -> str:
        """The id of what an entry names. Raises `Invalid` when it is nowhere."""
        if (section, name) in self.failed and name not in self.now.ids[section]:
            raise _Skipped
        found = self.now.ids[section].get(name)
        if found is None:
            mend = f"add it under '{section}'."
            raise Invalid(f"{field}: there is no {sections()[section].one} '{name}'; {mend}", field=field)
        return found

    def tried(self, path: str, act: Callable[[], None]) -> bool:
        """Do it in a savepoint; a refusal becomes a problem at `path`."""
        try:
            with transaction.atomic():
                act()
        except _Skipped:
            return False
        except Refused as refusal:
            self.problems.refused(path, refusal)
            return False
        return True


def listed(document: Entry, section: str) -> list[Any]:
    """The entries of a section as a list."""
    found = getattr(document, section)
    if isinstance(found, list):
        return found
    return [] if found is None else [found]


def standing(actor: Actor) -> Standing:
    """Read what is from all rooms."""
    now = Standing(actor)
    for section in sections().values():
        found = list(section.read(now))
        names = section.keyed([entry for _, entry in found])
        now.entries[section.name] = {name: entry for name, (_, entry) in zip(names, found, strict=True)}
        now.ids[section.name] = {name: id_ for name, (id_, _) in zip(names, found, strict=True)}
    return now


def without_secrets(actor: Actor) -> Entry:
    """What is, as it may be written to a file."""
    now = standing(actor)
    content: dict[str, Any] = {}
    for name, section in sections().items():
        entries = list(now.entries[name].values())
        section.public(actor, entries)
        content[name] = entries if section.many else next(iter(entries), None)
    return document_type()(**content)


def run(actor: Actor, wanted: Entry, *, remove: bool, rehearse: bool) -> list[Change]:
    """Apply and return the differences; a rehearsal leaves everything as it was. Raises `Invalid` with all problems."""
    with transaction.atomic():
        work = Work(actor, wanted, standing(actor), Problems(), [], set())
        for section in sections().values():
            section.prepare(work)
        for section in sections().values():
            section.apply(work)
        if remove:
            _remove(work)
        work.problems.check()
        if rehearse:
            transaction.set_rollback(True)
    return work.changes


def _remove(work: Work) -> None:
    """Remove what is in no section that the file has; a section that is empty or missing removes nothing.

    What names others goes before them.
    """
    for section in reversed(list(sections().values())):
        entries = work.entries(section.name)
        if not entries or not section.removable:
            continue
        kept = set(section.keyed(entries))
        for name, id_ in list(work.now.ids[section.name].items()):
            path = f"{section.name}: removing '{name}'"
            if name not in kept and work.tried(path, partial(section.remove, work.actor, id_)):
                work.changes.append(Change("-", f"{section.one} {name}"))


def take_out(actor: Actor, wanted: Entry) -> list[str]:
    """Remove everything that a document names (people are deactivated); what had to stay, a sentence each."""
    now, stayed = standing(actor), Problems()
    work = Work(actor, wanted, now, stayed, [], set())
    for section in reversed(list(sections().values())):
        for name in section.keyed(work.entries(section.name)) if section.many else []:
            if name in now.ids[section.name]:
                path = f"{section.name}: {name} stays"
                work.tried(path, partial(section.remove, actor, now.ids[section.name][name]))
    return stayed.found
