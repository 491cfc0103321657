"""What is known of drills: the one under way, or the last."""

from tocsin.domain.drill.models import Drill
from tocsin.domain.drill.permissions import VIEW
from tocsin.domain.drill.snapshots import DrillView, Fact, StepView, view_of
from tocsin.kernel.actor import Actor

__all__ = ["DrillView", "Fact", "StepView", "latest", "one", "under_way"]


def latest(actor: Actor) -> DrillView | None:
    """The drill under way, else the one that ended last. One query."""
    actor.require(VIEW)
    row = Drill.objects.order_by("-started_at").first()
    return view_of(row) if row else None


def under_way(actor: Actor) -> DrillView | None:
    """The drill that is under way. One query."""
    actor.require(VIEW)
    row = Drill.objects.filter(ended_at=None).first()
    return view_of(row) if row else None


def one(actor: Actor, drill_id: str) -> DrillView | None:
    """A drill by its id. One query."""
    actor.require(VIEW)
    row = Drill.objects.filter(id=drill_id).first()
    return view_of(row) if row else None
