"""People and their contact methods. Never removed: they are deactivated, for the record keeps their names."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, ClassVar

from msgspec import field

from tocsin.cli.organisation.applying import Work
from tocsin.cli.organisation.entry import Entry, Name, email
from tocsin.cli.organisation.section import Section, Standing
from tocsin.domain.accounts import commands, queries
from tocsin.domain.accounts.rules import clean_skills
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.delivery import queries as methods
from tocsin.kernel.actor import Actor, Role
from tocsin.kernel.errors import Invalid


class ContactMethod(Entry):
    """One way to reach a person. `vouched`: no code is asked; it counts only when the method is added."""

    apart: ClassVar[tuple[str, ...]] = ("vouched",)
    kind: str
    address: str
    label: str = ""
    vouched: bool = False
    enabled: bool = True


class Person(Entry):
    """Someone, known by the address they sign in with. Without `contact_methods`, theirs stay as they are."""

    email: Name
    name: Name
    roles: list[str] = field(default_factory=lambda: ["responder"])
    time_zone: str = ""
    phone: str = ""
    language: str = ""
    skills: list[str] = field(default_factory=list)
    site: str = ""
    active: bool = True
    contact_methods: list[ContactMethod] | None = None


class _People(Section[Person]):
    name, one, entry, place = "people", "person", Person, 1
    key_field = "email"
    removable = False

    def read(self, now: Standing) -> Iterable[tuple[str, Person]]:
        for view in queries.people(now.actor):
            yield view.id, _written(view, methods.destinations(now.actor, view.id))

    def normal(self, entry: Person) -> None:
        entry.email = email(entry.email)
        entry.roles = sorted(set(entry.roles), key=_rank)
        with suppress(Invalid):
            entry.skills = clean_skills(entry.skills)
        if entry.phone:
            entry.phone = "+" + "".join(c for c in entry.phone if c.isdigit())
        for method in entry.contact_methods or []:
            method.address = method.address.strip()

    def prepare(self, work: Work) -> None:
        """Two kinds of contact methods stay though a person's list leaves them out: those whose address is a secret,
        for no export has them, and the person's own address, which Tocsin adds by itself.
        """
        secret = secret_kinds(work.actor)
        listed = {p.email: {(m.kind, m.address) for m in p.contact_methods or []} for p in work.entries("people")}
        for person in work.now.entries["people"].values():
            person.contact_methods = [
                m
                for m in person.contact_methods or []
                if (m.kind, m.address) in listed.get(person.email, set())
                or not (m.kind in secret or m.address == person.email)
            ]

    def public(self, actor: Actor, entries: Sequence[Person]) -> None:
        secret = secret_kinds(actor)
        for person in entries:
            person.contact_methods = [m for m in person.contact_methods or [] if m.kind not in secret]

    def save(self, work: Work, entry: Person, old: Person | None, id_: str) -> str:
        fields: dict[str, Any] = {
            "name": entry.name,
            "time_zone": entry.time_zone,
            "phone": entry.phone,
            "language": entry.language,
            "skills": entry.skills,
            "site": entry.site,
        }
        if old is None:
            id_ = commands.add_person(work.actor, email=entry.email, roles=entry.roles, **fields)
        else:
            commands.change_person(work.actor, person_id=id_, **fields)
            commands.set_roles(work.actor, person_id=id_, roles=entry.roles)
        if entry.active is False:
            commands.deactivate_person(work.actor, person_id=id_)
        elif old is not None:
            commands.reactivate_person(work.actor, person_id=id_)
        if entry.contact_methods is not None:
            _save_methods(work.actor, id_, entry.contact_methods, (old.contact_methods if old else None) or [])
        return id_

    def remove(self, actor: Actor, id_: str) -> None:
        commands.deactivate_person(actor, person_id=id_)


def _save_methods(actor: Actor, person: str, wanted: list[ContactMethod], old: list[ContactMethod]) -> None:
    ids = {(m.kind, m.address): m.id for m in methods.destinations(actor, person)}
    gone = {(m.kind, m.address) for m in old}
    for method in wanted:
        key = (method.kind, method.address)
        if key in gone:
            gone.remove(key)
            id_ = ids[key]
        else:
            id_ = delivery.add_destination(
                actor, person_id=person, kind=method.kind, address=method.address, vouched=method.vouched
            )
        delivery.change_destination(actor, destination_id=id_, label=method.label, enabled=method.enabled)
    for key in gone:
        delivery.remove_destination(actor, destination_id=ids[key])


def _written(view: queries.PersonView, found: Iterable[methods.DestinationView]) -> Person:
    return Person(
        email=view.email,
        name=view.name,
        roles=list(view.roles),
        time_zone=view.time_zone,
        phone=view.phone,
        language=view.language,
        skills=list(view.skills),
        site=view.site,
        active=view.active,
        contact_methods=[
            ContactMethod(kind=m.kind, address=m.address, label=m.label, vouched=m.verified, enabled=m.enabled)
            for m in found
        ],
    )


def secret_kinds(actor: Actor) -> set[str]:
    """Kinds of contact methods whose address is itself a secret."""
    return {t.kind for t in methods.transport_views(actor) for f in t.fields if f.name == "address" and f.secret}


def _rank(role: str) -> int:
    return list(Role).index(Role(role)) if role in set(Role) else len(Role)


SECTION = _People()
