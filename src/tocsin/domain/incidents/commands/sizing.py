"""How bad it is: the answers of people against the matrix, an override with its reason, an alert that says worse."""

from collections.abc import Iterable, Sequence

from django.db import transaction

from tocsin.domain.incidents.books import matrix_in_force
from tocsin.domain.incidents.commands import calling, timers
from tocsin.domain.incidents.commands.loading import choice, locked, record, save, subject, text
from tocsin.domain.incidents.events import Assessed, SeverityRaised
from tocsin.domain.incidents.models import Incident, IncidentGroup
from tocsin.domain.incidents.naming import TOCSIN, author
from tocsin.domain.incidents.permissions import RESPOND
from tocsin.domain.incidents.ports import Asked, facts_told
from tocsin.domain.incidents.rules import severity as rules
from tocsin.domain.incidents.rules.prefilling import spoken
from tocsin.domain.incidents.rules.states import ACTIVE_STATES, OPEN_STATES, State
from tocsin.domain.oncall import commands as oncall
from tocsin.domain.oncall.rules.urgency import Severity, highest
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid

SIZING = (
    "severity",
    "severity_source",
    "matrix_version",
    "answers",
    "reasons",
    "override_reason",
    "assessed_at",
    "assessed_facts",
)


def assess(
    actor: Actor,
    *,
    incident: str,
    answers: Sequence[rules.Answer],
    severity: str | None = None,
    override_reason: str = "",
    version: int | None = None,
) -> Severity:
    """Size the incident by the matrix, or against it with a reason; returns the severity. Event `incidents.assessed`.

    A higher one pages again; all open deadlines move, met ones stay. Raises `Conflict` once it is over.
    """
    actor.require(RESPOND)
    reason = text(override_reason, "override_reason", longest=2000)
    sized = rules.assess(answers, matrix_in_force())
    chosen = sized.severity
    if severity is not None:
        chosen = Severity(choice(severity, [s.value for s in Severity], "severity"))
    if chosen is not sized.severity and not reason:
        raise Invalid(
            f"override_reason: the answers lead to {sized.severity.word}; say why it is {chosen.word}.",
            field="override_reason",
        )
    with transaction.atomic():
        row = locked(actor, incident, version=version)
        if State(row.state) not in OPEN_STATES:
            raise Conflict(f"{row.reference} is {row.state}; its severity stands. Reopen it first.", field="state")
        before = Severity(row.severity)
        row.answers, row.reasons = answers_as_json(answers), reasons_as_json(sized)
        row.matrix_version = sized.version
        row.severity, row.override_reason = chosen.value, reason if chosen is not sized.severity else ""
        row.severity_source = "override" if row.override_reason else "matrix"
        row.assessed_at, row.assessed_facts = now(), known_facts(row)
        save(row, *SIZING)
        record(row, _assessed(actor, row, before, sized), actor)
        resized(row, before)
        calling.active(row)
    return chosen


def _assessed(actor: Actor, row: Incident, before: Severity, sized: rules.Assessment) -> Assessed:
    return Assessed(
        author=author(actor),
        severity=row.severity,
        before=before.value,
        proposed=sized.severity.value,
        matrix_version=sized.version,
        reasons=tuple(reason.sentence for reason in sized.reasons),
        answers=tuple(f"{reason.fact.words}: {reason.answer.replace('_', ' ')}" for reason in sized.reasons),
        override_reason=row.override_reason,
    )


def known_facts(row: Incident) -> dict[str, object]:
    """What the data say now, so that later news can be told from what was weighed. Two queries."""
    groups = IncidentGroup.objects.filter(incident=row, current=True).order_by("id").values_list("group_id", flat=True)
    services = calling.service_ids(row)
    return {
        "groups": [str(id_) for id_ in groups],
        "services": services,
        "told": [spoken(told) for told in facts_told(Asked(str(row.id), tuple(sorted(services))))],
        "worst": row.alert_severity,
    }


def resized(row: Incident, before: Severity) -> None:
    """What follows from another severity: deadlines move, and a higher one pages again (while it is active)."""
    timers.replan(row)
    after = Severity(row.severity)
    if State(row.state) not in ACTIVE_STATES or after is before:
        return
    if after.rank > before.rank:
        calling.page(row, services=calling.service_ids(row))
    else:
        oncall.change_severity(TOCSIN, subject=subject(row), severity=after.value)


def raise_by_alert(row: Incident, said: Severity, why: str) -> None:
    """An alert says worse than any before. Raises severity and pages, also over a person's judgement: paging never
    waits, and the person may lower it again. What an alert already said never raises twice.
    """
    known = Severity(row.alert_severity) if row.alert_severity else None
    if known is not None and said.rank <= known.rank:
        return
    row.alert_severity = said.value
    before = Severity(row.severity)
    sized_by_people = row.severity_source in ("matrix", "override")
    # 'Nobody knows' must not take the place of a size that people found; it only wakes where nothing is known.
    if said.rank <= before.rank or (said is Severity.UNKNOWN and sized_by_people):
        save(row, "alert_severity")
        return
    row.severity, row.severity_source, row.override_reason = said.value, "alert", ""
    row.reasons = [*row.reasons, {"fact": "alert", "answer": said.value, "sentence": why}]
    save(row, "alert_severity", "severity", "severity_source", "override_reason", "reasons")
    record(row, SeverityRaised(severity=said.value, before=before.value, reason=why), TOCSIN)
    resized(row, before)


def source_says(source: str, said: Severity, title: str) -> str:
    """Why an incident is as severe as an alert says."""
    name = source or "The source"
    return f"{name} gives no severity." if said is Severity.UNKNOWN else f"{name} says {said.word}: {title}"


def size_by_rest(row: Incident, staying: Sequence[IncidentGroup]) -> str:
    """After alert groups left: the incident is what those that stay say, as long as nobody but alerts has sized it.

    Returns the new severity when it changed. Either way an alert may raise it again to what only the others had said.
    """
    if not staying:
        return ""
    before, worst = Severity(row.severity), highest(Severity(link.severity) for link in staying)
    row.alert_severity = worst.value
    if row.severity_source == "alert" and State(row.state) is State.DETECTED:
        row.severity = worst.value
        row.reasons = [
            {
                "fact": "alert",
                "answer": x.severity,
                "sentence": source_says(x.integration, Severity(x.severity), x.title),
            }
            for x in staying
        ]
    save(row, "alert_severity", "severity", "reasons")
    return row.severity if row.severity != before else ""


def answers_as_json(answers: Iterable[rules.Answer]) -> dict[str, object]:
    """Answers as the row keeps them."""
    return {a.fact.value: {"choices": list(a.choices), "because": a.because} for a in answers}


def reasons_as_json(sized: rules.Assessment) -> list[dict[str, str]]:
    """Reasons as the row keeps them."""
    return [{"fact": r.fact.value, "answer": r.answer, "sentence": r.sentence} for r in sized.reasons]
