"""Ways in for people: one-time links, passwords, the removal of lost second factors.

Hides how links are kept (hashes only). Never starts a session: the screen does, through the sign-in library.
"""

from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from tocsin.core.log import append
from tocsin.domain.accounts.commands.rows import clean_email, locked_person
from tocsin.domain.accounts.directory import actor_of_user
from tocsin.domain.accounts.events import PasswordSet, SecondFactorsRemoved, SignInLinkMade, SignInLinkUsed
from tocsin.domain.accounts.models import SignInLink, User
from tocsin.domain.accounts.permissions import CHANGE_OWN, MANAGE_PEOPLE
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Denied, Invalid, NotFound
from tocsin.kernel.ids import new_token, token_hash

LINK_LIVES = timedelta(minutes=15)
SPENT = "This link is used up or too old; ask an administrator for a new one."


def sign_in_link(actor: Actor, email: str) -> str:
    """A path (`/sign-in/…`) that signs the person with this address in once, within 15 minutes.

    Event accounts.sign_in_link_made. Raises `NotFound` when nobody active has the address.
    """
    actor.require(MANAGE_PEOPLE)
    token = new_token()
    with transaction.atomic():
        user = User.objects.filter(email=clean_email(email), is_active=True).first()
        if user is None:
            raise NotFound(f"Nobody active has the address {email}; add the person first.", field="email")
        SignInLink.objects.create(person=user, token_hash=token_hash(token), expires_at=now() + LINK_LIVES)
        append(f"person:{user.id}", SignInLinkMade(person=str(user.id), name=user.name), actor)
    return f"/sign-in/{token}"


def use_sign_in_link(actor: Actor, *, token: str) -> str:
    """Spend a link and return the id of its person. Of two people at once, one gets in.

    `actor` is whoever came (nobody signed in, as a rule). Event accounts.sign_in_link_used, told of the person.
    Raises `NotFound` for a link that is unknown, spent, too old, or of a deactivated person: the answer is one.
    """
    moment = now()
    with transaction.atomic():
        # Columns of this one table only: with a join, PostgreSQL would let two people who wait for the row both in.
        usable = SignInLink.objects.filter(token_hash=token_hash(token), used_at=None, expires_at__gt=moment)
        if not usable.update(used_at=moment):
            raise NotFound(SPENT)
        user = SignInLink.objects.select_related("person").get(token_hash=token_hash(token)).person
        if not user.is_active:
            raise NotFound(SPENT)
        event = SignInLinkUsed(person=str(user.id), name=user.name)
        append(f"person:{user.id}", event, actor_of_user(user))
    return str(user.id)


def set_password(actor: Actor, *, person_id: str, password: str) -> None:
    """Replace one's own password; sessions elsewhere end. Event accounts.password_set.

    Whoever calls has asked for the old password or a sign-in just now. Raises `Invalid` for a weak one,
    `Denied` for anybody else, programs with a token of the person among them.
    """
    _own(actor, person_id)
    with transaction.atomic():
        _replace(actor, locked_person(person_id), password)


def set_first_password(actor: Actor, *, person_id: str, password: str) -> None:
    """Give oneself a password when one has none yet. Raises `Conflict` when there is one, else as `set_password`."""
    _own(actor, person_id)
    with transaction.atomic():
        user = locked_person(person_id)
        if user.has_usable_password():
            raise Conflict("You have a password already; change it under Settings, Profile.", field="password")
        _replace(actor, user, password)


def remove_second_factors(actor: Actor, *, person_id: str) -> None:
    """Remove a person's passkeys, one-time codes and recovery codes, for someone who lost them.

    Event accounts.second_factors_removed, none when there were none.
    """
    actor.require(MANAGE_PEOPLE)
    with transaction.atomic():
        user = locked_person(person_id)
        if Authenticator.objects.filter(user=user).delete()[0]:
            append(f"person:{user.id}", SecondFactorsRemoved(person=person_id, name=user.name), actor)


def _own(actor: Actor, person_id: str) -> None:
    if actor.is_system:
        return
    actor.require(CHANGE_OWN)
    if actor.id != f"person:{person_id}":
        raise Denied("You may not set the password of someone else; make a sign-in link for them.")


def _replace(actor: Actor, user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid("password: " + " ".join(error.messages), field="password") from error
    user.set_password(password)
    user.save(update_fields=["password"])
    append(f"person:{user.id}", PasswordSet(person=str(user.id), name=user.name), actor)
