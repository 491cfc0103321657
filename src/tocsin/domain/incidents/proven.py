"""Pictures that commands hand back as well as queries: people by id, and one run of 'Validate Fix'."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.incidents.models import Validation
from tocsin.domain.incidents.rules.validating import stands
from tocsin.domain.incidents.views import GateView, PersonRef, ValidationView

People = dict[str, PersonRef]


def people_of(ids: Iterable[Any]) -> People:
    """People by id, also those who left. One query, none without ids."""
    wanted = {str(id_) for id_ in ids if id_}
    if not wanted:
        return {}
    return {p.id: PersonRef(p.id, p.name, p.initials) for p in accounts.known(wanted)}


def validation_view(row: Validation, people: People, bad_signal_at: datetime | None) -> ValidationView:
    """One run of 'Validate Fix'."""
    return ValidationView(
        id=str(row.id),
        passed=row.passed,
        gates=tuple(GateView(g["key"], g["label"], g["state"], tuple(g["facts"])) for g in row.gates),
        at=row.at,
        by=people.get(str(row.by_id)),
        stands=stands(has_passed=row.passed, at=row.at, bad_signal_at=bad_signal_at),
    )
