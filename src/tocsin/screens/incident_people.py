"""People as forms of an incident offer them. Reads only."""

from tocsin.domain.accounts.queries import people
from tocsin.kernel.actor import Actor


def person_choices(actor: Actor) -> list[tuple[str, str]]:
    """Everyone active, oneself first."""
    me = actor.person
    found = sorted(people(actor, active_only=True), key=lambda p: (p.id != me, p.name.casefold()))
    return [(p.id, f"{p.name} (you)" if p.id == me else p.name) for p in found]
