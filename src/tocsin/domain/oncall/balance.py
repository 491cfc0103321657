"""The books of pages: each is answered, visibly failed, replaced or stopped, or waits with a message in the ledger."""

from datetime import timedelta

from django.db.models import Count, Q

from tocsin.core.alarms.balance import Balance
from tocsin.domain.delivery.standing import in_ledger
from tocsin.domain.oncall.models import EscalationState, Page, PageLink, PageState
from tocsin.kernel.clock import now

LOOKS_BACK = timedelta(days=1)
SETTLES_WITHIN = timedelta(minutes=5)
"""The sweep that closes pages whose links are too old may be this late."""
MOST = 5000
_NAMED = 20
_ANSWERED = [PageState.ACKNOWLEDGED, PageState.ANSWERED, PageState.PASSED_ON]
_FAILED = [PageState.UNREACHABLE, PageState.EXPIRED]
_OVER = [PageState.SUPERSEDED, PageState.STOPPED]


def balance() -> Balance:
    """Pages of the last day, and those that wait whatever their age. Four queries."""
    rows = Page.objects.filter(Q(paged_at__gte=now() - LOOKS_BACK) | Q(state=PageState.OPEN))
    counts = rows.aggregate(
        accepted=Count("id"),
        answered=Count("id", filter=Q(state__in=_ANSWERED)),
        failed=Count("id", filter=Q(state__in=_FAILED)),
        over=Count("id", filter=Q(state__in=_OVER)),
        waiting=Count("id", filter=Q(state=PageState.OPEN)),
    )
    lost = _lost()
    return Balance(
        "pages",
        counts["accepted"],
        counts["answered"],
        counts["failed"],
        counts["over"],
        max(counts["waiting"] - len(lost), 0),
        tuple(lost[:_NAMED]),
    )


def _lost() -> list[str]:
    """Pages that wait although nothing of them will ever arrive or be answered."""
    open_ = Page.objects.filter(state=PageState.OPEN)
    over = Q(escalation__state=EscalationState.STOPPED) | Q(expires_at__lt=now() - SETTLES_WITHIN)
    lost = {str(id_) for id_ in open_.filter(over).values_list("id", flat=True)[:MOST]}
    links = list(PageLink.objects.filter(page__in=open_).values_list("page_id", "delivery_key")[:MOST])
    known = in_ledger([key for _, key in links])
    sent = {str(page) for page, key in links if key in known}
    waiting = [str(id_) for id_ in open_.values_list("id", flat=True)[:MOST]]
    return sorted(lost | {id_ for id_ in waiting if id_ not in sent})
