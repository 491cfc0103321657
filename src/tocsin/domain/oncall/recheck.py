"""Asked right before a page is sent: is it still wanted? What was answered meanwhile is not sent any more."""

from tocsin.domain.delivery.ports import DeliveryView
from tocsin.domain.oncall.models import Escalation, EscalationState, PageLink, PageState

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
    links = PageLink.objects.filter(delivery_key=delivery.key)
    found = links.values_list("page__state", "page__escalation__acknowledged_name").first()
    if found is None or found[0] == PageState.OPEN:
        return None
    if found[0] == PageState.ANSWERED:
        return f"acknowledged meanwhile by {found[1] or 'someone'}"
    return _REASONS.get(PageState(found[0]))


def still_over(delivery: DeliveryView) -> str | None:
    """Why nobody is told any more that the subject is over: it pages again. One query."""
    return f"{delivery.subject_reference} was reopened and pages again" if _states(delivery) else None


def still_taken(delivery: DeliveryView) -> str | None:
    """Why nobody is told any more that somebody has it: it is over, or asks for an answer again. One query."""
    taken = _states(delivery) == {EscalationState.ACKNOWLEDGED}
    return None if taken else f"nobody has {delivery.subject_reference} any more"


def _states(delivery: DeliveryView) -> set[str]:
    rows = Escalation.objects.filter(subject_kind=delivery.subject_kind, subject_id=delivery.subject_id, called=None)
    return set(rows.exclude(state=EscalationState.STOPPED).values_list("state", flat=True))
