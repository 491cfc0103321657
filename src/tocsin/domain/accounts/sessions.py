"""The browser's session: who stands behind a request, how a session begins and survives a new password.

Hides the sign-in library and Django's `request.user`. A second factor that a person has set up is always asked for.
"""

from typing import cast

from allauth.account.utils import perform_login
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tocsin.domain.accounts.commands import actor_by_token
from tocsin.domain.accounts.directory import actor_of_user
from tocsin.domain.accounts.models import User
from tocsin.kernel.actor import ANONYMOUS, Actor
from tocsin.kernel.ids import id_of


def actor_of_request(request: HttpRequest) -> Actor:
    """Who sent a request: the API token it bears, else the person signed in, else `ANONYMOUS`. One to three queries.

    A token that opens nothing makes a stranger of the request, whoever is signed in.
    """
    scheme, _, raw = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return actor_by_token(raw.strip()) or ANONYMOUS
    user = getattr(request, "user", None)
    return actor_of_user(user) if isinstance(user, User) and user.is_active else ANONYMOUS


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
