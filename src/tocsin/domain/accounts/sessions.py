"""The browser's session: who stands behind a request, how a session begins and survives a new password.

Hides the sign-in library and Django's `request.user`. A second factor that a person has set up is always asked for.
"""

from collections.abc import Collection, Mapping
from itertools import chain
from typing import Any, cast

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, update_session_auth_hash
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import constant_time_compare

from tocsin.domain.accounts.commands import actor_by_token
from tocsin.domain.accounts.directory import actor_of_user, actors_of_users
from tocsin.domain.accounts.models import User
from tocsin.kernel.actor import ANONYMOUS, Actor
from tocsin.kernel.clock import now
from tocsin.kernel.ids import id_of, uuid_of


def actor_of_request(request: HttpRequest) -> Actor:
    """Who sent a request: the API token it bears, else the person signed in, else `ANONYMOUS`. One to three queries.

    A token that opens nothing makes a stranger of the request, whoever is signed in.
    """
    scheme, _, raw = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return actor_by_token(raw.strip()) or ANONYMOUS
    user = getattr(request, "user", None)
    return actor_of_user(user) if isinstance(user, User) and user.is_active else ANONYMOUS


def actors_of_sessions(keys: Collection[str]) -> dict[str, Actor]:
    """The people behind those of the sessions that still stand: not expired, not signed out, the person active and
    the password the same. As Django's own `get_user` decides for one, here in three queries for any number.
    """
    rows = Session.objects.filter(session_key__in=[key for key in keys if key], expire_date__gt=now())
    content = {row.session_key: row.get_decoded() for row in rows}
    named = {key: uuid_of(str(data.get(SESSION_KEY, ""))) for key, data in content.items()}
    ids = {id_ for id_ in named.values() if id_ is not None}
    users = {user.id: user for user in User.objects.filter(id__in=ids, is_active=True)}
    actors = actors_of_users(list(users.values()))
    return {
        key: actors[user_id]
        for key, user_id in named.items()
        if user_id is not None and user_id in users and _opens(users[user_id], content[key])
    }


def _opens(user: User, data: Mapping[str, Any]) -> bool:
    """Whether a session was begun by a way in that is still there, with the password of today (or a key of before)."""
    stored = str(data.get(HASH_SESSION_KEY) or "")
    if data.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS or not stored:
        return False
    hashes = chain([user.get_session_auth_hash()], user.get_session_auth_fallback_hash())
    return any(constant_time_compare(stored, each) for each in hashes)


def begin(request: HttpRequest, person_id: str, *, then: str, without_password: str) -> HttpResponseBase:
    """Sign this person in, by way of the second factor where there is one, and lead on.

    To the path `then`, or to `without_password` when the person has no password yet.
    """
    user = User.objects.get(id=id_of(person_id))
    goal = then if user.has_usable_password() else without_password
    return cast(HttpResponseBase, perform_login(request, user, redirect_url=goal))


def keep(request: HttpRequest) -> None:
    """Keep this session, and no other of the same person, after the password was replaced."""
    user = User.objects.get(id=id_of(str(request.user.pk)))
    update_session_auth_hash(request, user)
