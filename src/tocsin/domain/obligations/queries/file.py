"""The legal clocks of one incident: what may apply and why, what is owed, what is known. Also tried at another time."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from tocsin.core.visibility import visible
from tocsin.domain.obligations.gates import BOOK
from tocsin.domain.obligations.models import Considered, LegalFile, Obligation, Submission
from tocsin.domain.obligations.naming import TOCSIN, calendars_of
from tocsin.domain.obligations.permissions import VIEW
from tocsin.domain.obligations.rules.planning import Case, Due, counted, plan, standing
from tocsin.domain.obligations.rules.proposing import Proposal, propose
from tocsin.domain.obligations.rules.regimes import COUNTS, FACTS, MOMENTS, Clock, Clocks, Regime, Trigger, read
from tocsin.domain.obligations.views import (
    FactView,
    LegalView,
    MomentView,
    ObligationView,
    RegimeView,
    SubmissionView,
)
from tocsin.domain.rulebooks import queries as rulebooks
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import NotFound


def legal(actor: Actor, incident_id: str, kind: str) -> LegalView:
    """The clocks of an incident by its id; `kind` is the incident's. Seven queries. Raises `NotFound`."""
    actor.require(VIEW)
    if not visible(actor, [f"incident:{incident_id}"]):
        raise NotFound("There is no such incident.", field="incident")
    row = LegalFile.objects.filter(incident_id=incident_id).first()
    newest = rulebooks.in_force(TOCSIN, BOOK)
    edition = newest if row is None or row.edition == newest.number else rulebooks.edition(TOCSIN, BOOK, row.edition)
    book = read(edition.content)
    known = row or LegalFile(edition=edition.number, facts={}, numbers={}, moments={}, version=0)
    return LegalView(
        edition=edition.number,
        newest=newest.number,
        version=known.version,
        who_said=bool(book.who),
        regimes=tuple(_regimes(row, book, propose(book, kind, known.facts))),
        facts=tuple(FactView(key, words, known.facts.get(key, "")) for key, words in FACTS.items()),
        numbers=tuple(FactView(key, words, str(known.numbers.get(key, ""))) for key, words in COUNTS.items()),
        moments=tuple(_moment(trigger, known.moments) for trigger in MOMENTS),
    )


def what_if(actor: Actor, regime: str, aware: datetime) -> list[ObligationView]:
    """The clocks of a regime if everything it starts from happened at `aware`. Saves nothing. Three queries."""
    actor.require(VIEW)
    book = read(rulebooks.in_force(TOCSIN, BOOK).content)
    found = book.regime(regime)
    if found is None:
        raise NotFound("There is no such regime.", field="regime")
    case = Case(moments=dict.fromkeys(MOMENTS, aware), who=book.who)
    dues = plan(found, case, calendars_of(book))
    return [_view("", found, clock, due, (), book) for clock, due in zip(found.clocks, dues, strict=True)]


def _moment(trigger: Trigger, known: Mapping[str, str]) -> MomentView:
    at = known.get(trigger.value)
    words = trigger.words[:1].upper() + trigger.words[1:]
    return MomentView(trigger.value, words, datetime.fromisoformat(at) if at else None)


def _regimes(row: LegalFile | None, book: Clocks, proposed: Iterable[Proposal]) -> Iterable[RegimeView]:
    decided = {c.regime: c for c in Considered.objects.filter(file=row)} if row else {}
    rows = list(Obligation.objects.filter(file=row)) if row else []
    sent: dict[object, list[SubmissionView]] = {}
    for s in Submission.objects.filter(obligation__file=row).order_by("at", "id") if row else ():
        sent.setdefault(s.obligation_id, []).append(SubmissionView(s.at, s.reference, s.note, s.by))
    by_key = {proposal.regime: proposal for proposal in proposed}
    for regime in book.regimes:
        own = [o for o in rows if o.regime == regime.key]
        made = by_key.get(regime.key)
        yield _regime(regime, decided.get(regime.key), made, _obligations(regime, own, sent, book))


def _regime(
    regime: Regime, decided: Considered | None, made: Proposal | None, obligations: tuple[ObligationView, ...]
) -> RegimeView:
    proposed = ("proposed" if made.likely else "possible") if made else "other"
    return RegimeView(
        key=regime.key,
        name=regime.name,
        citation=regime.citation,
        text_version=regime.text_version,
        checked_on=regime.checked_on,
        link=regime.link,
        register=regime.register,
        state=decided.state if decided else proposed,
        reasons=made.reasons if made else (),
        reason=decided.reason if decided else "",
        by=decided.by if decided else "",
        at=decided.at if decided else None,
        obligations=obligations if decided and decided.state == "applies" else _sent_only(obligations),
    )


def _sent_only(obligations: tuple[ObligationView, ...]) -> tuple[ObligationView, ...]:
    return tuple(each for each in obligations if each.submissions)


def _obligations(
    regime: Regime, rows: Iterable[Obligation], sent: Mapping[object, list[SubmissionView]], book: Clocks
) -> tuple[ObligationView, ...]:
    by_clock = {row.clock: row for row in rows}
    return tuple(
        _view(str(row.id), regime, clock, _due(row), sent.get(row.id, ()), book, row)
        for clock in regime.clocks
        if (row := by_clock.get(clock.key)) is not None
    )


def _due(row: Obligation) -> Due:
    return Due(
        row.clock,
        starts_at=row.starts_at,
        due_at=row.due_at,
        at_risk_at=row.at_risk_at,
        met_at=row.met_at,
        held_until=row.held_until,
        waits_for=row.waits_for,
        why_not=row.why_not,
        moved=row.moved,
        quiet=row.quiet,
    )


def _view(
    id_: str,
    regime: Regime,
    clock: Clock,
    due: Due,
    sent: Iterable[SubmissionView],
    book: Clocks,
    row: Obligation | None = None,
) -> ObligationView:
    return ObligationView(
        id=id_,
        regime=regime.key,
        regime_name=regime.name,
        key=clock.key,
        owed=clock.owed,
        to=clock.to,
        term=clock.term_for(book.who).words() if clock.amount else "at once",
        counted=counted(regime, clock),
        citation=clock.citation,
        note=clock.note,
        starts_at=due.starts_at,
        at_risk_at=due.at_risk_at,
        due_at=due.due_at,
        met_at=due.met_at,
        held_until=due.held_until,
        hold_reason=row.hold_reason if row else "",
        may_hold=clock.hold,
        standing=standing(due, now()).value,
        waits_for=due.waits_for,
        why_not=due.why_not,
        waived=row.waived if row else "",
        moved=due.moved,
        submissions=tuple(sent),
    )
