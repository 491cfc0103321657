"""Adds, changes and deactivates people, and gives them roles. Never leaves the house without an administrator."""

from collections.abc import Iterable
from typing import Any

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from tocsin.core.log import append
from tocsin.domain.accounts import rules
from tocsin.domain.accounts.commands.rows import clean_email, index_person, locked_organisation, locked_person
from tocsin.domain.accounts.directory import administrator_ids
from tocsin.domain.accounts.events import (
    PersonAdded,
    PersonChanged,
    PersonDeactivated,
    PersonReactivated,
    RolesChanged,
)
from tocsin.domain.accounts.models import User
from tocsin.domain.accounts.permissions import CHANGE_OWN, MANAGE_PEOPLE
from tocsin.kernel.actor import Actor, Role
from tocsin.kernel.errors import Conflict, Denied, Invalid

# The address of the first administrator when nobody named one; changed under Settings, People.
FIRST_ADMINISTRATOR = "admin@localhost"


def add_person(
    actor: Actor,
    *,
    email: str,
    name: str,
    roles: Iterable[str] = (Role.RESPONDER,),
    time_zone: str = "",
    phone: str = "",
    language: str = "",
    skills: Iterable[str] = (),
    site: str = "",
) -> str:
    """Add a person who signs in by link, single sign-on or, later, a password of their own. Returns the id.

    Event accounts.person_added. Raises `Invalid` for a field that cannot be used, among them an address taken.
    """
    actor.require(MANAGE_PEOPLE)
    user = User(
        email=clean_email(email),
        name=rules.clean_name(name),
        roles=rules.clean_roles(roles),
        time_zone=rules.clean_zone(time_zone),
        phone=rules.clean_phone(phone),
        language=language.strip()[:16],
        skills=rules.clean_skills(skills),
        site=rules.clean_site(site),
    )
    user.set_unusable_password()
    with transaction.atomic():
        _save_unless_taken(user)
        event = PersonAdded(person=str(user.id), name=user.name, email=user.email, roles=list(user.roles))
        append(f"person:{user.id}", event, actor)
        index_person(user)
    return str(user.id)


def change_person(
    actor: Actor,
    *,
    person_id: str,
    name: str | None = None,
    email: str | None = None,
    phone: str | None = None,
    time_zone: str | None = None,
    language: str | None = None,
    skills: Iterable[str] | None = None,
    site: str | None = None,
    version: int | None = None,
) -> None:
    """Change fields of a profile; None leaves one as it is. One's own, or anybody's for administrators.

    The address decides who signs in, so only administrators change it. Event accounts.person_changed, none when
    nothing differs. Raises `Invalid`, `Denied`, `NotFound`; `Conflict` when `version` is no longer the row's.
    """
    actor.require(CHANGE_OWN if actor.person == person_id else MANAGE_PEOPLE)
    if email is not None and not actor.has(MANAGE_PEOPLE):
        raise Denied("You may not change your address, for it is how you sign in; ask an administrator.", field="email")
    given = {
        "name": None if name is None else rules.clean_name(name),
        "email": None if email is None else clean_email(email),
        "phone": None if phone is None else rules.clean_phone(phone),
        "time_zone": None if time_zone is None else rules.clean_zone(time_zone),
        "language": None if language is None else language.strip()[:16],
        "skills": None if skills is None else rules.clean_skills(skills),
        "site": None if site is None else rules.clean_site(site),
    }
    with transaction.atomic():
        user = locked_person(person_id)
        if version is not None and version != user.version:
            raise Conflict(f"{user.name} was changed by someone else meanwhile; look again, then save.")
        changed = _assign(user, {field: value for field, value in given.items() if value is not None})
        if not changed:
            return
        _save_unless_taken(user)
        if "email" in changed:
            EmailAddress.objects.filter(user=user).delete()
        append(f"person:{user.id}", PersonChanged(person=person_id, name=user.name, fields=changed), actor)
        index_person(user)


def set_roles(actor: Actor, *, person_id: str, roles: Iterable[str]) -> None:
    """Replace a person's roles, from their next request on. Event accounts.roles_changed, none when the same.

    Raises `Invalid` for an unknown role, `Conflict` when it would leave no administrator.
    """
    actor.require(MANAGE_PEOPLE)
    wanted = rules.clean_roles(roles)
    with transaction.atomic():
        locked_organisation()
        user = locked_person(person_id)
        before = list(user.roles)
        if before == wanted:
            return
        if Role.ADMINISTRATOR.value not in wanted:
            _someone_else_administers(user)
        _assign(user, {"roles": wanted})
        user.save(update_fields=["roles", "version"])
        event = RolesChanged(person=person_id, name=user.name, before=before, after=wanted)
        append(f"person:{user.id}", event, actor)
        index_person(user)


def deactivate_person(actor: Actor, *, person_id: str) -> None:
    """End a person's sign-in, sessions, tokens and links at once; their name stays in the record.

    Event accounts.person_deactivated, none when already so. Raises `Conflict` for the last administrator.
    """
    actor.require(MANAGE_PEOPLE)
    with transaction.atomic():
        locked_organisation()
        user = locked_person(person_id)
        if not user.is_active:
            return
        _someone_else_administers(user)
        _assign(user, {"is_active": False})
        user.save(update_fields=["is_active", "version"])
        append(f"person:{user.id}", PersonDeactivated(person=person_id, name=user.name), actor)


def reactivate_person(actor: Actor, *, person_id: str) -> None:
    """Let a deactivated person sign in again. Event accounts.person_reactivated, none when already active."""
    actor.require(MANAGE_PEOPLE)
    with transaction.atomic():
        user = locked_person(person_id)
        if not _assign(user, {"is_active": True}):
            return
        user.save(update_fields=["is_active", "version"])
        append(f"person:{user.id}", PersonReactivated(person=person_id, name=user.name), actor)


def ensure_administrator(actor: Actor, email: str = "") -> tuple[str, bool]:
    """Make sure that an active administrator exists: (id, whether one was made).

    With an `email`, the person with this address is one afterwards; without, any administrator will do.
    """
    actor.require(MANAGE_PEOPLE)
    with transaction.atomic():
        locked_organisation()
        existing = administrator_ids()
        if existing and not email:
            return existing[0], False
        address = clean_email(email or FIRST_ADMINISTRATOR)
        user = User.objects.filter(email=address).first()
        if user is None:
            name, roles = "Administrator", (Role.ADMINISTRATOR, Role.COMMANDER)
            return add_person(actor, email=address, name=name, roles=roles), True
        if str(user.id) in existing:
            return str(user.id), False
        reactivate_person(actor, person_id=str(user.id))
        set_roles(actor, person_id=str(user.id), roles=[*user.roles, Role.ADMINISTRATOR])
        return str(user.id), True


def _assign(user: User, values: dict[str, Any]) -> list[str]:
    """Set what differs, and say which fields did; raises the row's version with them."""
    changed = [field for field, value in values.items() if getattr(user, field) != value]
    for field in changed:
        setattr(user, field, values[field])
    if changed:
        user.version += 1
    return changed


def _save_unless_taken(user: User) -> None:
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise Invalid(f"email: someone with the address {user.email} exists already.", field="email") from error


def _someone_else_administers(user: User) -> None:
    others = [id_ for id_ in administrator_ids() if id_ != str(user.id)]
    if Role.ADMINISTRATOR.value in user.roles and user.is_active and not others:
        raise Conflict(f"{user.name} is the only administrator; make someone else one first.", field="roles")
