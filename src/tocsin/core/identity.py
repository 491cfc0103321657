"""Who sent a request, and who stands behind a session: resolvers set by the accounts room, asked by pages, the API and
the live stream.
"""

from collections.abc import Callable, Collection, Mapping

from django.http import HttpRequest

from tocsin.kernel.actor import ANONYMOUS, Actor

Resolver = Callable[[HttpRequest], Actor]
SessionResolver = Callable[[Collection[str]], Mapping[str, Actor]]


def _nobody(request: HttpRequest) -> Actor:
    return ANONYMOUS


def _no_sessions(keys: Collection[str]) -> Mapping[str, Actor]:
    return {}


_resolver: Resolver = _nobody
_session_resolver: SessionResolver = _no_sessions


def set_actor_resolver(resolver: Resolver) -> None:
    """`resolver(request)` returns the Actor behind a request; ANONYMOUS for nobody. Called once, at start."""
    global _resolver
    _resolver = resolver


def actor_behind(request: HttpRequest) -> Actor:
    """The Actor who sent this request."""
    return _resolver(request)


def set_session_resolver(resolver: SessionResolver) -> None:
    """`resolver(keys)` returns the Actor behind each session that still stands. Called once, at start."""
    global _session_resolver
    _session_resolver = resolver


def actors_behind(sessions: Collection[str]) -> Mapping[str, Actor]:
    """The people behind those of the sessions that still stand, in a fixed number of queries."""
    return _session_resolver(sessions)
