"""Who sent a request: one resolver, set by the accounts room, asked by pages, the live stream and the API."""

from collections.abc import Callable

from django.http import HttpRequest

from tocsin.kernel.actor import ANONYMOUS, Actor

Resolver = Callable[[HttpRequest], Actor]


def _nobody(request: HttpRequest) -> Actor:
    return ANONYMOUS


_resolver: Resolver = _nobody


def set_actor_resolver(resolver: Resolver) -> None:
    """`resolver(request)` returns the Actor behind a request; ANONYMOUS for nobody. Called once, at start."""
    global _resolver
    _resolver = resolver


def actor_behind(request: HttpRequest) -> Actor:
    """The Actor who sent this request."""
    return _resolver(request)
