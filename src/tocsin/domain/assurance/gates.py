"""Who may see what was found about reachability, and test pages: findings everybody who works here, as with schedules;
a test page whom it paged, who asked for it, and administrators.
"""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from tocsin.core.visibility import register_gate
from tocsin.domain.assurance.models import TestPage
from tocsin.domain.assurance.naming import KIND
from tocsin.domain.assurance.permissions import TEST_OTHERS, VIEW
from tocsin.kernel.actor import Actor


def _staff(actor: Actor, ids: Collection[str]) -> set[str]:
    return set(ids) if actor.has(VIEW) else set()


def _tests(actor: Actor, ids: Collection[str]) -> set[str]:
    if actor.has(TEST_OTHERS):
        return set(ids)
    if not actor.person:
        return set()
    rows = TestPage.objects.filter(id__in=[id_ for id_ in ids if _is_id(id_)])
    rows = rows.filter(Q(person_id=actor.person) | Q(asked_by=actor.person))
    return {str(id_) for id_ in rows.values_list("id", flat=True)}


def _rounds(actor: Actor, ids: Collection[str]) -> set[str]:
    return set(ids) if actor.has(TEST_OTHERS) else set()


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


register_gate("reachability", _staff)
register_gate(KIND, _tests)
register_gate("test_round", _rounds)
