"""A person's own rules and quiet hours as they are kept, for the rules and for the screens. Reads only."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.oncall.models import PersonalRules
from tocsin.domain.oncall.rules.personal import Quiet, Rung, Ways
from tocsin.domain.oncall.rules.rehearsing import Habits
from tocsin.domain.oncall.rules.urgency import Urgency
from tocsin.domain.oncall.snapshots import READER
from tocsin.kernel.ids import id_of


@dataclass(frozen=True, slots=True)
class Own:
    """What one person has set for themselves; without a row the defaults hold."""

    row: PersonalRules | None

    def rules(self, urgency: Urgency) -> tuple[Rung, ...]:
        """Their rules for this urgency; empty: the default holds."""
        return rungs_of(self.row.rules.get(urgency.value, ())) if self.row else ()

    def quiet(self) -> Quiet | None:
        """Their quiet hours on their own wall. No query, two when there are any."""
        if self.row is None or self.row.quiet_from is None:
            return None
        found = accounts.people(READER, [str(self.row.person_id)])
        return quiet_of(self.row, found[0].time_zone if found else "", accounts.working_time().time_zone)


def own_of(person_id: str) -> Own:
    """What the person has set. One query."""
    return Own(PersonalRules.objects.filter(person_id=id_of(person_id)).first())


def rungs_of(kept: Iterable[Mapping[str, Any]]) -> tuple[Rung, ...]:
    """Rules as a row keeps them."""
    return tuple(Rung(timedelta(seconds=int(rung["after"])), tuple(rung["methods"])) for rung in kept)


def habits_of(people: Collection[str], ways: Mapping[str, Ways]) -> dict[str, Habits]:
    """How each of these people can be reached and wants to be. Two queries."""
    rows = PersonalRules.objects.select_related("person").filter(person_id__in=[id_of(id_) for id_ in people])
    zone = accounts.working_time().time_zone
    own = {str(row.person_id): row for row in rows}
    return {id_: _habits(own.get(id_), ways.get(id_, ()), zone) for id_ in people}


def _habits(row: PersonalRules | None, ways: Ways, zone: str) -> Habits:
    if row is None:
        return Habits(ways)
    rungs = {urgency: rungs_of(row.rules.get(urgency.value, ())) for urgency in Urgency}
    return Habits(ways, rungs, quiet_of(row, row.person.time_zone, zone))


def quiet_of(row: PersonalRules, zone: str, organisation_zone: str) -> Quiet | None:
    """The quiet hours of a row, on the person's wall, else the organisation's."""
    if row.quiet_from is None or row.quiet_until is None:
        return None
    return Quiet(row.quiet_from, row.quiet_until, zone or organisation_zone)
