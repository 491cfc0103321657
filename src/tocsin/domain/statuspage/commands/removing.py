"""Takes what a demonstration brought off the status page. Never removes what people made themselves."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from tocsin.domain.statuspage.commands.loading import changed, record
from tocsin.domain.statuspage.events import DemonstrationRemoved
from tocsin.domain.statuspage.jobs import turn_no_more
from tocsin.domain.statuspage.models import Component, Group, Named, Page, PublicIncident, Subscriber
from tocsin.domain.statuspage.permissions import MANAGE
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Denied


def remove_unreal(
    actor: Actor,
    *,
    page: str,
    groups: Collection[str],
    components: Collection[str],
    titles: Collection[str],
    incidents: Collection[str],
) -> list[str]:
    """Remove the demonstration's page of that name with what is named here; a sentence for each thing that stays.

    `titles`: public incidents without one of ours behind them; `incidents`: ids of ours. What people's own incidents
    name stays, and the page stays while anything of theirs is on it. Event `statuspage.demonstration_removed`. Only
    Tocsin's own workers may: nobody removes what was published. Raises `Denied`.
    """
    actor.require(MANAGE)
    if not actor.is_system:
        raise Denied("What was published cannot be removed; take it off the page instead.")
    with transaction.atomic():
        row = Page.objects.select_for_update().filter(name=page).first()
        if row is None:
            return []
        _told(titles, incidents)
        stayed = _components(components)
        Group.objects.filter(name__in=groups).exclude(id__in=_groups_in_use()).delete()
        record(DemonstrationRemoved(name=row.name), actor)
        if Component.objects.exists() or PublicIncident.objects.exists() or Subscriber.objects.exists():
            stayed.append(f"status page: {row.name} stays. There is something of your own on it.")
        else:
            row.delete()
        changed()
    return stayed


def _told(titles: Collection[str], incidents: Collection[str]) -> None:
    ours = Q(incident__in=[UUID(id_) for id_ in incidents]) | Q(incident=None, title__in=titles)
    for row in PublicIncident.objects.filter(ours):
        turn_no_more(str(row.id), "in_progress", "completed")
        row.delete()


def _components(names: Collection[str]) -> list[str]:
    stayed = []
    for row in Component.objects.filter(name__in=names):
        if Named.objects.filter(component=row).exists():
            stayed.append(f"status page: {row.name} stays. An incident of your own names it.")
        else:
            row.delete()
    return stayed


def _groups_in_use() -> list[UUID]:
    return list(Component.objects.exclude(group=None).values_list("group_id", flat=True).distinct())
