"""Legal clocks of incidents: what may apply, what is known, what is owed, what was submitted and decided."""

from typing import Annotated

from pydantic import Field

from tocsin.api.door import ApiRequest
from tocsin.api.offering import Offer
from tocsin.api.shapes import Body, Done, Instant, Limit, Page, page_of
from tocsin.domain.incidents import queries as incidents
from tocsin.domain.obligations import commands, queries
from tocsin.domain.obligations.permissions import DECIDE, NOTE, VIEW
from tocsin.kernel.actor import Actor

offer = Offer("legal clocks")
Words = Annotated[str, Field(max_length=4000)]
People = Annotated[int, Field(ge=0, le=10_000_000_000)]


class Known(Body):
    """Facts by yes, no or unknown; numbers; moments. What is left out stays, null takes back."""

    facts: dict[str, str] = {}
    numbers: dict[str, People | None] = {}
    moments: dict[str, Instant | None] = {}
    reason: Words = ""
    version: int | None = None


class Because(Body):
    """Why."""

    reason: Words = ""


class ClockDecision(Body):
    """To notify or not, and why."""

    notify: bool
    reason: Words


class Submission(Body):
    """A report that was sent; without `at` just now. A late one needs the reasons in `note`."""

    at: Instant | None = None
    reference: Annotated[str, Field(max_length=200)] = ""
    note: Words = ""


class Hold(Body):
    """Until when the authorities delay it; without `until` the hold ends."""

    until: Instant | None = None
    reason: Words


def _legal(actor: Actor, ref: str) -> queries.LegalView:
    seen = incidents.incident(actor, ref)
    return queries.legal(actor, seen.id, seen.kind)


@offer.get("/incidents/{ref}/legal-clocks", queries.LegalView, needs=VIEW, incident=True)
def one(request: ApiRequest, ref: str) -> queries.LegalView:
    """Every regime with its state, reasons and duties, and what is known. No legal advice."""
    return _legal(request.actor, ref)


@offer.post("/incidents/{ref}/legal-clocks/known", queries.LegalView, needs=NOTE, incident=True)
def note(request: ApiRequest, ref: str, given: Known) -> queries.LegalView:
    """Say what is known. Nothing starts by that."""
    commands.note(request.actor, incident=ref, **given.dict())
    return _legal(request.actor, ref)


@offer.post("/incidents/{ref}/legal-clocks/regimes/{regime}/start", queries.LegalView, needs=DECIDE, incident=True)
def start(request: ApiRequest, ref: str, regime: str, given: Because) -> queries.LegalView:
    """A regime applies: its clocks run."""
    commands.start(request.actor, incident=ref, regime=regime, reason=given.reason)
    return _legal(request.actor, ref)


@offer.post("/incidents/{ref}/legal-clocks/regimes/{regime}/set-aside", queries.LegalView, needs=DECIDE, incident=True)
def set_aside(request: ApiRequest, ref: str, regime: str, given: Because) -> queries.LegalView:
    """A regime does not apply, for a reason that is kept."""
    commands.set_aside(request.actor, incident=ref, regime=regime, reason=given.reason)
    return _legal(request.actor, ref)


@offer.post("/incidents/{ref}/legal-clocks/regimes/{regime}/decision", Done, needs=DECIDE, incident=True)
def decide(request: ApiRequest, ref: str, regime: str, given: ClockDecision) -> Done:
    """Keep the decision to notify or not."""
    commands.decide(request.actor, incident=ref, regime=regime, notify=given.notify, reason=given.reason)
    return Done(said="Kept in the register.")


@offer.post("/incidents/{ref}/legal-clocks/{duty}/submit", queries.LegalView, needs=DECIDE, incident=True)
def submit(request: ApiRequest, ref: str, duty: str, given: Submission) -> queries.LegalView:
    """Record a report as submitted; what follows from it starts."""
    commands.submit(
        request.actor, incident=ref, obligation=duty, at=given.at, reference=given.reference, note=given.note
    )
    return _legal(request.actor, ref)


@offer.post("/incidents/{ref}/legal-clocks/{duty}/hold", queries.LegalView, needs=DECIDE, incident=True)
def hold(request: ApiRequest, ref: str, duty: str, given: Hold) -> queries.LegalView:
    """The authorities delay it, or no longer."""
    commands.hold(request.actor, incident=ref, obligation=duty, until=given.until, reason=given.reason)
    return _legal(request.actor, ref)


@offer.post("/incidents/{ref}/legal-clocks/{duty}/waive", queries.LegalView, needs=DECIDE, incident=True)
def waive(request: ApiRequest, ref: str, duty: str, given: Because) -> queries.LegalView:
    """One duty is not applicable."""
    commands.waive(request.actor, incident=ref, obligation=duty, reason=given.reason)
    return _legal(request.actor, ref)


@offer.post("/incidents/{ref}/legal-clocks/{duty}/restore", queries.LegalView, needs=DECIDE, incident=True)
def owe_again(request: ApiRequest, ref: str, duty: str, given: Because) -> queries.LegalView:
    """A waived duty is owed after all."""
    commands.owe_again(request.actor, incident=ref, obligation=duty, reason=given.reason)
    return _legal(request.actor, ref)


@offer.post("/incidents/{ref}/legal-clocks/replan", queries.LegalView, needs=DECIDE, incident=True)
def replan(request: ApiRequest, ref: str) -> queries.LegalView:
    """Follow the edition of the clocks that is in force."""
    commands.replan_by(request.actor, incident=ref)
    return _legal(request.actor, ref)


@offer.get("/legal-register", Page[queries.RegisterView], needs=VIEW)
def register(request: ApiRequest, cursor: str = "", limit: Limit = 50) -> Page[queries.RegisterView]:
    """The register of decisions over all incidents, newest first."""
    lines = queries.register(request.actor)
    return page_of(lines, cursor, limit, key=lambda line: f"{line.at.isoformat()} {line.reference} {line.said}")


@offer.get("/legal-clocks/due", Page[queries.LegalDueView], needs=VIEW)
def due(request: ApiRequest, limit: Limit = 10) -> Page[queries.LegalDueView]:
    """Clocks that run, soonest first."""
    return Page(items=queries.due_next(request.actor, limit))
