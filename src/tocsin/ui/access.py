"""Who looks at a page: the actor of a request, and which views are open to strangers.

Hides how an actor is found: the room of accounts gives a resolver at start. Every view is private unless it
says otherwise; never decides what an actor may do (commands and queries do).
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest

from tocsin.kernel.actor import ANONYMOUS, Actor

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

View = TypeVar("View", bound=Callable[..., Any])


class ScreenRequest(HttpRequest):
    """A request as views see it: with its actor and htmx's details."""

    actor: Actor
    htmx: "HtmxDetails"


Resolver = Callable[[HttpRequest], Actor]


def _stranger(request: HttpRequest) -> Actor:
    return ANONYMOUS


_resolver: Resolver = _stranger


def set_actor_resolver(resolver: Resolver) -> None:
    """Accounts calls this once at start. The resolver gets the request and returns its actor."""
    global _resolver
    _resolver = resolver


def resolve_actor(request: HttpRequest) -> Actor:
    """The actor of this request; `ANONYMOUS` when nobody is signed in or no resolver was set."""
    return _resolver(request)


def actor_of(request: HttpRequest) -> Actor:
    """The actor that the middleware put on the request."""
    return getattr(request, "actor", ANONYMOUS)


def public(view: View) -> View:
    """Open this view to people who are not signed in. Everything without it redirects them to sign in."""
    return login_not_required(view)


def is_public(view: object) -> bool:
    """True when the view was opened by `public` (or by the sign-in library for its own pages)."""
    return not getattr(view, "login_required", True)
