"""The calls about many subjects of one kind at once, for lists of results."""

from collections.abc import Collection
from dataclasses import dataclass

from tocsin.core.visibility import visible
from tocsin.domain.oncall.models import Escalation, EscalationState, Page
from tocsin.domain.oncall.permissions import VIEW
from tocsin.domain.oncall.queries.paged import PageView, page_views
from tocsin.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Calls:
    """Everybody called about one subject, newest first; `over` when nobody is called any more."""

    over: bool
    pages: tuple[PageView, ...]


def calls(actor: Actor, *, kind: str, ids: Collection[str]) -> dict[str, Calls]:
    """By the subject's id, those that the actor may see. A fixed number of queries."""
    actor.require(VIEW)
    seen = {stream.partition(":")[2] for stream in visible(actor, [f"{kind}:{id_}" for id_ in ids])}
    rows = list(Escalation.objects.select_related("policy").filter(subject_kind=kind, subject_id__in=seen))
    views = page_views(rows)
    subjects = Page.objects.filter(escalation__in=rows).values_list("id", "escalation__subject_id")
    where = {str(id_): subject for id_, subject in subjects}
    about: dict[str, list[PageView]] = {id_: [] for id_ in seen}
    for view in views:
        about[where[view.id]].append(view)
    going = {row.subject_id for row in rows if row.state != EscalationState.STOPPED}
    return {id_: Calls(id_ not in going, tuple(found)) for id_, found in about.items()}
