"""Takes pages of a demonstration away. Nobody removes that somebody was paged."""

from collections.abc import Collection

from django.db import transaction

from tocsin.domain.delivery import commands as delivery
from tocsin.domain.oncall.models import Ended, Escalation, PageLink
from tocsin.domain.oncall.rules.ending import PURPOSE
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Denied


def remove_unreal(actor: Actor, *, kind: str, ids: Collection[str]) -> None:
    """Remove every page about these subjects, with its escalation and what was sent for it; the log keeps its entries.

    Only Tocsin's own workers may. Raises `Denied`.
    """
    if not actor.is_system:
        raise Denied("Pages cannot be removed.")
    with transaction.atomic():
        rows = Escalation.objects.filter(subject_kind=kind, subject_id__in=list(ids))
        links = PageLink.objects.filter(page__escalation__in=rows)
        ends = Ended.objects.filter(escalation__in=rows).values_list("id", flat=True)
        told = [f"{PURPOSE}:{id_}" for id_ in ends]
        delivery.remove_unreal(actor, keys=[*links.values_list("delivery_key", flat=True), *told])
        rows.delete()
