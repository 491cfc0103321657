"""Everything that was learned, for people to look at and correct."""

from tocsin.core.visibility import visible
from tocsin.domain.triage.models import Learned, Lesson
from tocsin.domain.triage.permissions import VIEW
from tocsin.domain.triage.rules.learning import from_content, words
from tocsin.domain.triage.views import FeatureView, LearnedView, TaughtView
from tocsin.kernel.actor import Actor

MOST_FEATURES, MOST_LESSONS = 100, 200


def learned(actor: Actor) -> LearnedView:
    """Counts by feature, and the newest lessons of incidents that the actor may see. Three queries."""
    actor.require(VIEW)
    row = Learned.objects.filter(id=1).first()
    known = from_content(row.content if row else {})
    features = [
        FeatureView(key, words(key), sum(counts.values()), tuple(sorted(counts.items(), key=lambda c: -c[1])))
        for key, counts in known.by_feature.items()
        if sum(counts.values())
    ]
    rows = list(Lesson.objects.select_related("incident").order_by("-at")[:MOST_LESSONS])
    seen = visible(actor, {f"incident:{lesson.incident_id}" for lesson in rows})
    return LearnedView(
        total=known.total,
        sure_from=known.sure_from,
        trained_at=row.trained_at if row else None,
        features=tuple(sorted(features, key=lambda f: (-f.total, f.words))[:MOST_FEATURES]),
        lessons=tuple(_view(lesson) for lesson in rows if f"incident:{lesson.incident_id}" in seen),
    )


def _view(row: Lesson) -> TaughtView:
    return TaughtView(
        incident_id=str(row.incident_id),
        reference=row.incident.reference,
        title=row.incident.title,
        outcome=row.outcome,
        severity=row.severity,
        at=row.at,
        forgotten=row.forgotten_at is not None,
    )
