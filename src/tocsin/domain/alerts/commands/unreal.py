"""Takes alerts of a demonstration away. Nobody removes what a tool has really said."""

from django.db import transaction

from tocsin.domain.alerts.models import Alert, AlertGroup
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Denied


def remove_unreal(actor: Actor, *, name: str, value: str) -> int:
    """Remove the alerts whose annotation `name` is `value`, and groups that are empty then; how many alerts.

    The log keeps its entries about them. Only Tocsin's own workers may. Raises `Denied`.
    """
    if not actor.is_system:
        raise Denied("Alerts cannot be removed; resolve or silence them instead.")
    with transaction.atomic():
        ours = Alert.objects.filter(**{f"annotations__{name}": value})
        groups = list(ours.exclude(group=None).order_by().values_list("group_id", flat=True).distinct())
        gone = len(ours)
        ours.delete()
        kept = Alert.objects.filter(group_id__in=groups).values("group_id")
        AlertGroup.objects.filter(id__in=groups).exclude(id__in=kept).delete()
    return gone
