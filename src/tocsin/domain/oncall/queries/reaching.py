"""Whom each policy reaches over the coming days, for the audit of reachability and 'Will I be paged?'."""

from dataclasses import dataclass
from datetime import datetime

from tocsin.domain.oncall.permissions import VIEW
from tocsin.domain.oncall.queries.policies import policies, policy_rows
from tocsin.domain.oncall.reaching import Span, spans
from tocsin.domain.oncall.rules.escalation import Clocks, TargetKind
from tocsin.domain.oncall.snapshots import Directory, clocks, directory_of_many, policy_snapshot
from tocsin.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Reach:
    """One policy with the services it pages for and everyone it means, stretch by stretch.

    Without an id: the catch-all people, who are paged for what has no policy.
    """

    policy_id: str
    policy: str
    services: tuple[str, ...]
    steps: tuple[tuple[str, ...], ...]
    spans: tuple[Span, ...]
    people: Directory
    hours: Clocks

    @property
    def schedule_ids(self) -> set[str]:
        """Schedules that its steps point at."""
        targets = [target for step in self.people.policy.steps for target in step.targets]
        return {target.id for target in targets if target.kind is TargetKind.SCHEDULE}


CATCH_ALL = "catch-all people"


def reaches(actor: Actor, *, start: datetime, end: datetime) -> list[Reach]:
    """Every policy by name, then the catch-all people. Everybody is read once: a fixed number of queries."""
    actor.require(VIEW)
    views = {view.id: view for view in policies(actor)}
    rows = list(policy_rows())
    everybody = directory_of_many([policy_snapshot(row) for row in rows] + [policy_snapshot(None)])
    hours = clocks(people.policy for people in everybody)
    found = []
    for row, people in zip(rows, everybody[:-1], strict=True):
        view = views[str(row.id)]
        spanned = spans(people, start, end, hours)
        found.append(Reach(view.id, view.name, view.services, _words(people), spanned, people, hours))
    last = everybody[-1]
    steps = tuple(tuple(last.names.get(t.id, "") for t in step.targets) for step in last.policy.steps)
    return [*found, Reach("", CATCH_ALL, (), steps, spans(last, start, end, hours), last, hours)]


def _words(people: Directory) -> tuple[tuple[str, ...], ...]:
    """Each step as paging goes through it, those of policies that are handed over to among them."""
    return tuple(
        tuple(
            (people.names.get(target.id) if target.kind is TargetKind.PERSON else target.name)
            or f"a {target.kind.value} that is gone"
            for target in step.targets
        )
        for step in people.policy.steps
    )
