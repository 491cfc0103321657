"""How often people were paged in a while: what a night cost them."""

from datetime import datetime

from django.db.models import Count

from tocsin.domain.oncall.models import Page
from tocsin.domain.oncall.permissions import VIEW
from tocsin.kernel.actor import Actor


def pages_between(actor: Actor, since: datetime, until: datetime) -> dict[str, int]:
    """Pages by person that went out from `since` up to `until`. One query."""
    actor.require(VIEW)
    rows = Page.objects.filter(paged_at__gte=since, paged_at__lt=until).order_by().values("person")
    return {str(row["person"]): row["n"] for row in rows.annotate(n=Count("id"))}
