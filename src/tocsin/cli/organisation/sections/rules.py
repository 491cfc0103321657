"""Rulebooks: each that is given is published as a new edition when it differs. Never looks inside one: its room checks
it.
"""

from collections.abc import Iterable
from functools import partial
from typing import Any

from tocsin.cli.organisation.applying import Work
from tocsin.cli.organisation.differing import Change
from tocsin.cli.organisation.entry import Entry
from tocsin.cli.organisation.section import Single, Standing
from tocsin.domain.rulebooks import commands, queries

BOOKS = {"targets": "targets", "severity_matrix": "matrix", "legal_clocks": "clocks"}


class Rules(Entry):
    """Rulebooks; each that is given is published as a new edition when it differs. Their form: the reference."""

    targets: dict[str, Any] | None = None
    severity_matrix: dict[str, Any] | None = None
    legal_clocks: dict[str, Any] | None = None


class _Rules(Single[Rules]):
    name, one, entry, place = "rules", "rules", Rules, 200

    def read(self, now: Standing) -> Iterable[tuple[str, Rules]]:
        """The books that are not as they come with the program."""
        found = {name: queries.in_force(now.actor, book) for name, book in BOOKS.items()}
        yield self.name, Rules(**{n: e.content for n, e in found.items() if e.number != queries.BUILT_IN})

    def apply(self, work: Work) -> None:
        """Only its room can tell whether a book differs: it publishes no edition that is like the last."""
        for entry in work.entries(self.name):
            work.tried(self.name, partial(self._publish, work, entry))

    def _publish(self, work: Work, entry: Rules) -> None:
        done = []
        for name, book in BOOKS.items():
            content = getattr(entry, name)
            if content is not None:
                before = queries.in_force(work.actor, book).number
                if commands.put_into_force(work.actor, book=book, content=content, note="From a file.") != before:
                    done.append(name.replace("_", " "))
        if done:
            work.changes.append(Change("~", self.one, tuple(done)))


SECTION = _Rules()
