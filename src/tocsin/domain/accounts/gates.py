"""Who may see people, teams and the organisation: everybody who works here, no stranger. And who sent a request
or holds a session."""

from collections.abc import Collection

from tocsin.core.identity import set_actor_resolver, set_session_resolver
from tocsin.core.visibility import register_gate
from tocsin.domain.accounts.permissions import SEE
from tocsin.domain.accounts.sessions import actor_of_request, actors_of_sessions
from tocsin.kernel.actor import Actor


def staff(actor: Actor, ids: Collection[str]) -> set[str]:
    """All of `ids` for people with a role, else none. No query."""
    return set(ids) if actor.has(SEE) else set()


for _kind in ("person", "team", "organisation"):
    register_gate(_kind, staff)

set_actor_resolver(actor_of_request)
set_session_resolver(actors_of_sessions)
