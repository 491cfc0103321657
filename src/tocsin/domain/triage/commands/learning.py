"""Lessons: kept when people decide, forgotten and remembered on request, counted anew by the engine."""

from datetime import timedelta

from django.db import transaction

from tocsin.core.log import append
from tocsin.core.work import enqueue
from tocsin.domain.incidents import queries as incidents
from tocsin.domain.incidents.rules.states import State
from tocsin.domain.triage import jobs
from tocsin.domain.triage.events import Forgotten, Remembered
from tocsin.domain.triage.models import Learned, Lesson
from tocsin.domain.triage.naming import LEARNING, TOCSIN
from tocsin.domain.triage.noticing import noticed
from tocsin.domain.triage.permissions import TEACH
from tocsin.domain.triage.rules.learning import DISMISSED, Example, as_content
from tocsin.domain.triage.rules.learning import train as count
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid, NotFound

MOST = 2_000
"""Lessons that count: the newest. Older ones are about a house that has changed."""
SOON = timedelta(seconds=5)
_UNDECIDED = frozenset({State.DETECTED, State.MERGED})


def learn(incident_id: str) -> None:
    """Keep what people made of an incident that alerts made; nothing while it is only proposed, merged or a drill.

    A decision that was taken back teaches nothing any more.
    """
    try:
        seen = incidents.decided(TOCSIN, incident_id)
    except NotFound:
        return
    if seen is None or not seen.group_ids:
        return
    if State(seen.state) in _UNDECIDED:
        if Lesson.objects.filter(incident_id=incident_id).delete()[0]:
            _retrain_soon()
        return
    features = noticed({"": seen.group_ids})[""]
    if not features:
        return
    values = {
        "features": sorted(features),
        "outcome": DISMISSED if State(seen.state) is State.DISMISSED else seen.kind,
        "severity": seen.severity,
    }
    with transaction.atomic():
        kept, made = Lesson.objects.get_or_create(incident_id=incident_id, defaults={**values, "at": now()})
        if not made and all(getattr(kept, name) == value for name, value in values.items() if name != "features"):
            return
        if not made:
            Lesson.objects.filter(incident_id=incident_id).update(
                outcome=values["outcome"], severity=values["severity"]
            )
        _retrain_soon()


def retrain() -> None:
    """Count the newest lessons that are not forgotten. Called by the worker."""
    rows = Lesson.objects.filter(forgotten_at=None).order_by("-at")[:MOST]
    learned = count([Example(frozenset(row.features), row.outcome, row.severity) for row in rows])
    Learned.objects.update_or_create(id=1, defaults={"content": as_content(learned), "trained_at": now()})


def forget(actor: Actor, *, incident: str = "", feature: str = "") -> int:
    """Let the lesson of an incident, or all that have a feature, count no more; how many. Event `triage.forgotten`.

    Undone by `remember`. Raises `Invalid` when neither or both are named, `NotFound` for an incident nobody may see.
    """
    actor.require(TEACH)
    with transaction.atomic():
        rows = [row for row in _chosen(actor, incident, feature) if row.forgotten_at is None]
        at = now()
        Lesson.objects.filter(pk__in=[row.pk for row in rows]).update(forgotten_at=at)
        if rows:
            append(LEARNING, Forgotten(lessons=len(rows), feature=feature), actor)
            _retrain_soon()
    return len(rows)


def remember(actor: Actor, *, incident: str = "", feature: str = "") -> int:
    """Let forgotten lessons count again; how many. Event `triage.remembered`."""
    actor.require(TEACH)
    with transaction.atomic():
        rows = [row for row in _chosen(actor, incident, feature) if row.forgotten_at is not None]
        Lesson.objects.filter(pk__in=[row.pk for row in rows]).update(forgotten_at=None)
        if rows:
            append(LEARNING, Remembered(lessons=len(rows), feature=feature), actor)
            _retrain_soon()
    return len(rows)


def _chosen(actor: Actor, incident: str, feature: str) -> list[Lesson]:
    if bool(incident) == bool(feature):
        raise Invalid("incident: name an incident or a feature.", field="incident")
    if incident:
        seen = incidents.row(actor, incident)
        return list(Lesson.objects.select_for_update().filter(incident_id=seen.id))
    # A list in JSON has no lookup that both databases know.
    return [row for row in Lesson.objects.select_for_update() if feature in row.features]


def _retrain_soon() -> None:
    enqueue(jobs.TRAIN, jobs.Train(), key="all", due=now() + SOON)
