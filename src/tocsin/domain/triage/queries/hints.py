"""What proposed incidents probably are, and which earlier ones are like them."""

from collections.abc import Mapping, Sequence

from tocsin.core.search.find import search
from tocsin.domain.incidents import queries as incidents
from tocsin.domain.triage.models import Learned, Lesson
from tocsin.domain.triage.naming import TOCSIN
from tocsin.domain.triage.noticing import noticed
from tocsin.domain.triage.permissions import VIEW
from tocsin.domain.triage.rules.learning import from_content, guess
from tocsin.domain.triage.rules.similar import Traits, likest
from tocsin.domain.triage.views import HintView, SimilarView
from tocsin.kernel.actor import Actor
from tocsin.kernel.ids import uuid_of

_MOST_FOUND = 50


def hints(actor: Actor, groups: Mapping[str, Sequence[str]]) -> dict[str, HintView]:
    """For each incident (any key) what its alert groups, by id, suggest. Three queries for any number of incidents."""
    actor.require(VIEW)
    row = Learned.objects.filter(id=1).first()
    known = from_content(row.content if row else {})
    features = noticed(groups)
    return {key: HintView(guess(known, features[key]), known.total) for key in groups}


def similar(actor: Actor, incident: str, limit: int = 5) -> list[SimilarView]:
    """Incidents that are over and like this one, best first, those that the actor may see. About sixteen queries."""
    actor.require(VIEW)
    seen = incidents.incident(actor, incident)
    known = incidents.decided(TOCSIN, seen.id)
    own = noticed({"": known.group_ids if known else ()})[""]
    found = {hit.reference for hit in search(actor, _words(seen.title), limit=_MOST_FOUND) if hit.kind == "incident"}
    lessons = {
        str(row.incident_id): frozenset(row.features)
        for row in Lesson.objects.order_by("-at")[:2_000]
        if own & frozenset(row.features) or not own
    }
    services, names = {s.id for s in seen.services}, frozenset(s.name for s in seen.services)
    past = incidents.past(actor, services=services, ids=[*lessons, *_ids(actor, found)], without=seen.id)
    features = {str(r.incident_id): frozenset(r.features) for r in Lesson.objects.filter(pk__in=[p.id for p in past])}
    one = Traits(seen.id, seen.kind, names, own)
    others = [
        Traits(
            p.id, p.kind, frozenset(s.name for s in p.services), features.get(p.id, frozenset()), p.reference in found
        )
        for p in past
    ]
    by_id = {p.id: p for p in past}
    return [SimilarView(by_id[each.id], each.score, each.reasons) for each in likest(one, others, limit)]


def _ids(actor: Actor, references: set[str]) -> list[str]:
    """Ids of the incidents with these references, as far as they are over."""
    if not references:
        return []
    page = incidents.by_references(actor, references)
    return [id_ for id_ in page if uuid_of(id_)]


def _words(title: str) -> str:
    """A title without numbers, which tell one machine or run from the next: a full disk of db-3 is like one of db-7."""
    return " ".join(word for word in title.split() if not any(sign.isdigit() for sign in word)) or title
