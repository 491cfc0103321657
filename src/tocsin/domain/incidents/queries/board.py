"""The response team as it stands: who was called, who came, who cannot, how long each has worked. Reads only."""

from collections import defaultdict
from datetime import datetime

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.incidents.models import Deadline, Incident, Responder
from tocsin.domain.incidents.naming import TOCSIN
from tocsin.domain.incidents.proven import People, people_of
from tocsin.domain.incidents.queries.calling import busy, on_duty
from tocsin.domain.incidents.queries.picturing import deadline_view
from tocsin.domain.incidents.queries.single import Ref, load
from tocsin.domain.incidents.rules.deadlines import DeadlineKind
from tocsin.domain.incidents.rules.engaging import Engagement, progress, worked
from tocsin.domain.incidents.rules.roles import RoleName, suits
from tocsin.domain.incidents.rules.states import ACTIVE_STATES, State
from tocsin.domain.incidents.views import PersonRef
from tocsin.domain.incidents.views_team import BoardView, CalledView
from tocsin.domain.oncall import queries as oncall
from tocsin.domain.oncall.queries import PageView, PagingView
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now

_SUGGESTED = 3


def response_board(actor: Actor, ref_or_id: Ref, paging: PagingView | None = None) -> BoardView:
    """Everyone who was called or came, those who need a look first. A fixed number of queries."""
    row = load(actor, ref_or_id)
    rows = list(Responder.objects.filter(incident=row).order_by("called_at", "id"))
    view = paging or oncall.paging(TOCSIN, f"incident:{row.id}")
    pages: defaultdict[str, list[PageView]] = defaultdict(list)
    for page in view.pages:
        pages[page.person_id].append(page)
    people = people_of([id_ for r in rows for id_ in (r.person_id, r.called_by_id, r.replaced_by_id)])
    open_, at = State(row.state) in ACTIVE_STATES, now()
    wanting = [r for r in rows if _wants_another(r, pages[str(r.person_id)])] if open_ else []
    free = _free(actor, row, rows) if wanting else []
    called = [_called(r, pages[str(r.person_id)], people, at, _instead(r, free) if r in wanting else ()) for r in rows]
    count = progress((Engagement(r.state), r.replaced_by_id is not None) for r in rows)
    due = Deadline.objects.filter(incident=row, kind=DeadlineKind.ENGAGE).order_by("-due_at").first()
    return BoardView(
        people=tuple(sorted(called, key=_place)),
        joined=count.joined,
        asked=count.asked,
        declined=count.declined,
        due=deadline_view(due, at) if due else None,
        worked=sum((one.worked for one in called), start=at - at),
    )


def _called(
    row: Responder, pages: list[PageView], people: People, at: datetime, instead: tuple[PersonRef, ...]
) -> CalledView:
    latest = pages[0] if pages else None
    state = Engagement(row.state)
    waits = state is Engagement.CALLED and latest is not None and latest.state == "open"
    return CalledView(
        person=people[str(row.person_id)],
        state=state.value,
        words=state.words,
        role=row.role,
        called_at=row.called_at,
        called_by=people.get(str(row.called_by_id)),
        changed_at=row.changed_at,
        reached=_reached(row, latest),
        messages=tuple(delivery for page in pages[:1] for delivery in page.deliveries),
        opened_at=next((page.opened_at for page in pages if page.opened_at), None),
        via=next((page.via for page in pages if page.via), ""),
        reason=row.reason,
        come_at=row.come_at,
        next_at=latest.answer_by if waits and latest else row.come_at,
        next_what=_next(row, latest),
        worked=worked(row.worked_seconds, row.since, at),
        since=row.since,
        replaced_by=people.get(str(row.replaced_by_id)),
        instead=instead,
    )


def _reached(row: Responder, page: PageView | None) -> str:
    if page is None or page.state == "unreachable":
        return "none" if row.called_at else ""
    if any(d.state in ("sent", "delivered") for d in page.deliveries):
        return "reached"
    return "failed" if page.deliveries and all(d.state == "failed" for d in page.deliveries) else "waiting"


def _next(row: Responder, page: PageView | None) -> str:
    if row.state == Engagement.DECLINED:
        return "is told again then" if row.come_at else "nothing: call somebody else"
    if row.state != Engagement.CALLED:
        return ""
    if page is None or page.state == "unreachable":
        return "nothing: call them yourself"
    return "is paged again, then the calls end" if page.state == "open" else "nothing: page again or call somebody else"


def _wants_another(row: Responder, pages: list[PageView]) -> bool:
    if row.replaced_by_id is not None:
        return False
    lost = bool(pages) and pages[0].state in ("unreachable", "expired", "stopped", "passed_on")
    return row.state == Engagement.DECLINED or (row.state == Engagement.CALLED and (lost or not pages))


def _free(actor: Actor, row: Incident, rows: list[Responder]) -> list[accounts.PersonView]:
    """Who might come instead: not here yet; on call first, then those without another incident."""
    here = {str(r.person_id) for r in rows}
    found = [p for p in accounts.people(TOCSIN, active_only=True) if p.id not in here]
    elsewhere, duty = busy(actor, row, [p.id for p in found]), on_duty()
    return sorted(found, key=lambda p: (p.id in elsewhere, p.id not in duty, p.name.casefold()))


def _instead(row: Responder, free: list[accounts.PersonView]) -> tuple[PersonRef, ...]:
    role = RoleName(row.role) if row.role in set(RoleName) else RoleName.OPERATIONS
    fitting = [p for p in free if suits(role, p.roles)]
    return tuple(PersonRef(p.id, p.name, p.initials) for p in (fitting or free)[:_SUGGESTED])


def _place(one: CalledView) -> tuple[int, str]:
    """Those who need a look first, then who waits, who is here, who has left."""
    trouble = one.state == "declined" and not one.replaced_by
    trouble = trouble or (one.state == "called" and one.reached in ("none", "failed"))
    order = {"called": 1, "joined": 2, "declined": 3, "stood_down": 4}
    return (0 if trouble else order[one.state], one.person.name.casefold())
