"""API tokens: keys for programs, kept as hashes, narrowed by scopes, bound by their owner's present roles."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from tocsin.core.log import append
from tocsin.domain.accounts import rules
from tocsin.domain.accounts.commands.rows import ORGANISATION_STREAM, people_of
from tocsin.domain.accounts.directory import token_actor
from tocsin.domain.accounts.events import TokenAdded, TokenRevoked
from tocsin.domain.accounts.models import ApiToken
from tocsin.domain.accounts.permissions import MANAGE_TOKENS
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Denied, Invalid, NotFound
from tocsin.kernel.ids import id_of, new_token, token_hash

# So that scanners for leaked keys recognise one.
_MARK = "tocsin_"
_SHOWN = len(_MARK) + 6
# How fresh 'last used' is kept; a row per request would be a write for every read.
_STAMP_EVERY = timedelta(minutes=1)


def add_token(
    actor: Actor,
    *,
    name: str,
    scopes: Iterable[str],
    owner: str = "",
    roles: Iterable[str] | None = None,
    expires_at: datetime | None = None,
) -> str:
    """Make an API token and return it; it is shown this once and kept as a hash.

    `roles` default to the actor's own and cannot exceed them; with an `owner` (person id) the token never has more
    than that person has at the time. Event accounts.token_added. Raises `Invalid` and `Denied`.
    """
    actor.require(MANAGE_TOKENS)
    given = rules.clean_roles(actor.roles if roles is None else roles)
    if not actor.is_system and set(given) - set(actor.roles):
        raise Denied("You may not give a token roles that you do not have.", field="roles")
    if expires_at is not None and expires_at <= now():
        raise Invalid("expires_at: it is in the past; choose a later time, or none.", field="expires_at")
    raw = _MARK + new_token()
    with transaction.atomic():
        token = ApiToken.objects.create(
            name=rules.clean_name(name),
            owner=people_of([owner], field="owner")[0] if owner else None,
            prefix=raw[:_SHOWN],
            token_hash=token_hash(raw),
            roles=given,
            scopes=rules.clean_scopes(scopes),
            expires_at=expires_at,
        )
        event = TokenAdded(token=str(token.id), name=token.name, prefix=token.prefix, scopes=token.scopes)
        append(ORGANISATION_STREAM, event, actor)
    return raw


def revoke_token(actor: Actor, *, token_id: str) -> None:
    """Make a token open nothing, at once. Event accounts.token_revoked, none when already so. Raises `NotFound`."""
    actor.require(MANAGE_TOKENS)
    with transaction.atomic():
        token = ApiToken.objects.select_for_update().filter(id=id_of(token_id)).first()
        if token is None:
            raise NotFound("There is no such API token.")
        if token.revoked_at is not None:
            return
        token.revoked_at = now()
        token.save(update_fields=["revoked_at"])
        append(ORGANISATION_STREAM, TokenRevoked(token=str(token.id), name=token.name), actor)


def actor_by_token(raw_token: str) -> Actor | None:
    """The actor that this token stands for, as `queries.token_actor`; notes when it was used, to the minute."""
    found = token_actor(raw_token)
    if found is not None:
        moment = now()
        stale = Q(last_used_at=None) | Q(last_used_at__lt=moment - _STAMP_EVERY)
        ApiToken.objects.filter(stale, id=found.id.removeprefix("token:")).update(last_used_at=moment)
    return found
