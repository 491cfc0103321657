"""Asked right before a page is sent: is it still wanted? What was answered meanwhile is not sent any more."""

from tocsin.domain.delivery.ports import DeliveryView
from tocsin.domain.oncall.models import PageLink, PageState

_REASONS = {
    PageState.ACKNOWLEDGED: "acknowledged meanwhile by the person paged",
    PageState.PASSED_ON: "the person passed it on",
    PageState.SUPERSEDED: "the person was paged again since",
    PageState.STOPPED: "it is over; nobody is paged any more",
    PageState.EXPIRED: "the page is too old",
    PageState.UNREACHABLE: "the page was given up; others were paged",
}


def still_wanted(delivery: DeliveryView) -> str | None:
    """The reason for which the message is held back; None to send it. One query."""
    link = PageLink.objects.select_related("page__escalation").filter(delivery_key=delivery.key).first()
    if link is None or link.page.state == PageState.OPEN:
        return None
    if link.page.state == PageState.ANSWERED:
        row = link.page.escalation
        return f"acknowledged meanwhile by {row.acknowledged_name or 'someone'}"
    return _REASONS.get(PageState(link.page.state))
