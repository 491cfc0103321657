"""Whose turn it is, so that two engines at the same instant never give it to the same person, and none is lost.

A turn is a row that is claimed with the decision's own transaction; a decision whose turn somebody else is taking at
this moment is made again without that person. Nobody waits for a lock, so nothing can stand still.
"""

from datetime import datetime

from tocsin.domain.oncall.models import Escalation, RoundRobinTurn
from tocsin.domain.oncall.outlook import due
from tocsin.domain.oncall.rules.escalation import Decision, State
from tocsin.domain.oncall.snapshots import Directory
from tocsin.kernel.ids import id_of

_TAKEN = 1 << 62


def claimed(row: Escalation, people: Directory, state: State, at: datetime) -> Decision:
    """What is due, with its turns written down."""
    before = dict(people.turns)
    for _ in range(1 + len(people.names)):
        decision = due(row, people, state, at)
        busy = [person for person in decision.turns if not _claim(row, person, before)]
        if not busy:
            return decision
        people.turns |= dict.fromkeys(busy, _TAKEN)
    return decision


def _claim(row: Escalation, person: str, seen: dict[str, int]) -> bool:
    """Give the person the highest number, unless another transaction is doing so or has done so since we looked."""
    if row.policy_id is None:
        return True
    number, next_number = seen.get(person, 0), max(seen.values(), default=0) + 1
    RoundRobinTurn.objects.bulk_create(
        [RoundRobinTurn(policy_id=row.policy_id, person_id=id_of(person))], ignore_conflicts=True
    )
    mine = RoundRobinTurn.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        policy_id=row.policy_id, person_id=id_of(person)
    )
    found = mine.first()
    if found is None or found.number != number:
        return False
    RoundRobinTurn.objects.filter(id=found.id).update(number=next_number)
    return True
