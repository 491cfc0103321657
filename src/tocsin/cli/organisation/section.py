"""The port that a section of the file fills: how it reads what stands, compares, saves and removes, and after which
other sections. Whoever adds a section adds one module to `sections/`; nothing else knows it.

Never writes by itself: sections call the rooms' commands.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from tocsin.cli.organisation.differing import Change, details
from tocsin.cli.organisation.entry import Entry, keys
from tocsin.cli.organisation.problems import Problems
from tocsin.kernel.actor import Actor

if TYPE_CHECKING:
    from tocsin.cli.organisation.applying import Work

E = TypeVar("E", bound=Entry)


@dataclass(slots=True)
class Standing:
    """What is: entries and ids by section and name."""

    actor: Actor
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)
    ids: dict[str, dict[str, str]] = field(default_factory=dict)

    def names(self, section: str) -> Mapping[str, str]:
        """Names by id, of a section that was read before."""
        return {id_: name for name, id_ in self.ids[section].items()}


class Section(Generic[E]):
    """A list of entries under a name of the file.

    `one` is what changes call an entry. `place` sorts the sections of an export. `after`: sections whose entries these
    name; they are read and saved first, and removed last. `alike`: two entries may share a name. `removable` False:
    entries that a file leaves out stay whatever is asked for.
    """

    name: ClassVar[str]
    one: ClassVar[str]
    entry: ClassVar[type[Entry]]
    place: ClassVar[int] = 100
    after: ClassVar[tuple[str, ...]] = ()
    key_field: ClassVar[str] = "name"
    many: ClassVar[bool] = True
    alike: ClassVar[bool] = False
    removable: ClassVar[bool] = True

    def read(self, now: Standing) -> Iterable[tuple[str, E]]:
        """What stands: ids with entries as the file has them, in the file's order."""
        raise NotImplementedError

    def save(self, work: "Work", entry: E, old: E | None, id_: str) -> str:
        """Add the entry (`id_` is empty) or make the one of that id what it says; its id. Raises `Invalid`."""
        raise NotImplementedError

    def remove(self, actor: Actor, id_: str) -> None:
        """Take the thing away. Raises what its room refuses with."""
        raise NotImplementedError

    def key(self, entry: E) -> str:
        """What an entry is known by."""
        return str(getattr(entry, self.key_field))

    def normal(self, entry: E) -> None:
        """Spell the entry as its room keeps it."""

    def check(self, entry: E, path: str, problems: Problems) -> None:
        """Note what the form alone cannot tell."""

    def public(self, actor: Actor, entries: Sequence[E]) -> None:
        """Leave out what no file may have."""

    def prepare(self, work: "Work") -> None:
        """Before anything is saved."""

    def ordered(self, entries: Sequence[tuple[int, E]]) -> Iterable[tuple[int, E]]:
        """In which order entries, each with its number in the file, are saved."""
        return entries

    def settle(self, work: "Work", entry: E) -> E:
        """The entry as it is compared, once everything that it names is there. Raises `Invalid`."""
        return entry

    def differs(self, old: E | None, new: E) -> tuple[str, ...]:
        """What saving would change, in words."""
        return details(old, new)

    def finish(self, work: "Work") -> None:
        """After every entry is there."""

    def keyed(self, entries: Iterable[E]) -> list[str]:
        """What these entries are known by, in order; made different where two share a name."""
        return keys(map(self.key, entries)) if self.alike else [self.key(entry) for entry in entries]

    def apply(self, work: "Work") -> None:
        """Save every entry that differs from what is."""
        wanted: list[E] = work.entries(self.name)
        names = self.keyed(wanted)
        for number, entry in self.ordered(list(enumerate(wanted, 1))):
            name = names[number - 1]
            if not work.tried(f"{self.name}[{number}]", partial(self._save, work, name, entry)):
                work.failed.add((self.name, name))
        self.finish(work)

    def _save(self, work: "Work", name: str, given: E) -> None:
        entry = self.settle(work, given)
        old: E | None = work.now.entries[self.name].get(name)
        words = self.differs(old, entry)
        if old is not None and not words:
            return
        work.now.ids[self.name][name] = self.save(work, entry, old, work.now.ids[self.name].get(name, ""))
        work.changes.append(Change("~" if old else "+", f"{self.one} {name}", words))


class Single(Section[E]):
    """A section of one entry, which is always there: nothing is added or removed."""

    many = False
    removable = False

    def key(self, entry: E) -> str:
        """Its name: there is one."""
        return self.name

    def apply(self, work: "Work") -> None:
        """Save the entry when it differs from what is."""
        for entry in work.entries(self.name):
            work.tried(self.name, partial(self._change, work, entry))

    def _change(self, work: "Work", entry: E) -> None:
        old: E | None = work.now.entries[self.name].get(self.name)
        if words := self.differs(old, entry):
            self.save(work, entry, old, self.name)
            work.changes.append(Change("~", self.one, words))
