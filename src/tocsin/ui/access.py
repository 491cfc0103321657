"""Who looks at a page: the actor of a request, and which views are open to strangers.

The actor itself is found by `tocsin.core.identity`. Every view is private unless it says otherwise; never
decides what an actor may do (commands and queries do).
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


def actor_of(request: HttpRequest) -> Actor:
    """The actor that the middleware put on the request."""
    return getattr(request, "actor", ANONYMOUS)


def public(view: View) -> View:
    """Open this view to people who are not signed in. Everything without it redirects them to sign in."""
    return login_not_required(view)


def is_public(view: object) -> bool:
    """True when the view was opened by `public` (or by the sign-in library for its own pages)."""
    return not getattr(view, "login_required", True)
