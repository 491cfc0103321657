"""A template to declare from, and lessons of confirmed incidents."""

from tests.access.world import SYSTEM, World
from tocsin.domain.incidents import queries as incidents
from tocsin.domain.triage import commands
from tocsin.domain.triage.models import Lesson
from tocsin.kernel.clock import now


def make(world: World) -> dict[str, str]:
    """A template."""
    made = commands.save_template(
        SYSTEM, name="Database is full", title="Database is full", kind="disruption", severity="high"
    )
    return {"template_id": made, "incident_template": made}


def lessons(world: World) -> None:
    """One lesson of the incident."""
    seen = incidents.row(SYSTEM, world.values["incident"])
    Lesson.objects.update_or_create(
        incident_id=seen.id,
        defaults={
            "features": ["alert:HighLatency"],
            "outcome": seen.kind,
            "severity": seen.severity,
            "at": now(),
            "forgotten_at": None,
        },
    )


def forgotten_lessons(world: World) -> None:
    """The same, forgotten."""
    lessons(world)
    Lesson.objects.update(forgotten_at=now())
