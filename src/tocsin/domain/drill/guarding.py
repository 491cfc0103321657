"""What a drill may and may not do to the world: nobody but practice people is called, nothing but the shop is reached.

Asked by the delivery room right before every attempt, by the status page before it tells of an incident, and by the
way out over HTTP when it would refuse an address.
"""

from contextlib import suppress

from django.db.models import Q

from tocsin.domain.alerts.queries import group
from tocsin.domain.delivery.ports import DeliveryView
from tocsin.domain.drill.models import Drill
from tocsin.domain.drill.rules import MAILBOX, PRACTICE_DOMAIN
from tocsin.domain.incidents.queries import incident
from tocsin.domain.monitoring.queries import check
from tocsin.kernel.actor import system
from tocsin.kernel.errors import Refused

_READER = system("drill")
REASON = "This is a drill: only its practice people are called, in the practice mailbox."
LOOPBACK = "127.0.0.1"


def not_for_real_people(delivery: DeliveryView) -> str | None:
    """The reason to hold a message about a drill's incident back unless it goes to the practice mailbox.

    One query for any other message.
    """
    if delivery.kind == MAILBOX:
        return None
    if delivery.address_hint.endswith(PRACTICE_DOMAIN):
        return REASON
    if delivery.subject_kind != "incident":
        return None
    rows = Drill.objects.filter(Q(incident=delivery.subject_id) | Q(ended_at=None)).order_by("id")
    for drilled, ended_at, made in rows.values_list("incident", "ended_at", "made"):
        if drilled == delivery.subject_id or (ended_at is None and _about(delivery.subject_id, made.get("service"))):
            return REASON
    return None


def _about_the_shop(incident_id: str) -> bool:
    """True when the incident is about nothing but the service of the drill under way (its player may not know yet)."""
    row = Drill.objects.filter(ended_at=None).only("made").first()
    return _about(incident_id, row.made.get("service") if row else None)


def _about(incident_id: str, service: str | None) -> bool:
    """Whether the incident is about nothing but this service."""
    if not service:
        return False
    try:
        hit = [ref.id for ref in incident(_READER, incident_id).services]
    except Refused:
        return False
    return hit == [service]


_KINDS = ("incident", "alert_group", "check")


def kept_in_house(stream: str) -> str:
    """The reason to keep an event of a drill from outgoing webhooks: what listens there may call real people.

    One query while no drill is under way, at most six otherwise; none about what a drill makes nothing of.
    """
    kind, _, id_ = stream.partition(":")
    if kind not in _KINDS:
        return ""
    if kind == "incident" and Drill.objects.filter(incident=id_).exists():
        return REASON
    row = Drill.objects.filter(ended_at=None).only("made").first()
    service = row.made.get("service") if row else None
    if not service:
        return ""
    with suppress(Refused):
        if kind == "incident":
            return REASON if _about_the_shop(id_) else ""
        if kind == "alert_group":
            return REASON if group(_READER, id_).service_id == service else ""
        if kind == "check":
            return REASON if check(_READER, id_).service_id == service else ""
    return ""


def keeps_off_the_page(incident_id: str) -> bool:
    """True for a drill's incident, unless the drill made the page itself because nobody used one. Two queries."""
    row = Drill.objects.filter(incident=incident_id).only("made").first()
    if row is None and _about_the_shop(incident_id):
        row = Drill.objects.filter(ended_at=None).only("made").first()
    return row is not None and not row.made.get("page")


def may_reach(address: str, port: int) -> bool:
    """True for the sample shop of the drill under way: Tocsin's own check may look at it. One query."""
    if address != LOOPBACK:
        return False
    row = None
    with suppress(Exception):  # where the store cannot be asked, the answer is no
        row = Drill.objects.filter(ended_at=None).only("made").first()
    return row is not None and row.made.get("shop_port") == port
