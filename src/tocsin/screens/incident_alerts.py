"""How many alerts stand behind each group of an incident: for every screen that lists its groups."""

from collections.abc import Iterable
from typing import Any

from tocsin.domain.alerts.queries import groups as alert_groups
from tocsin.domain.alerts.queries import kept_quiet
from tocsin.domain.incidents.queries import LinkedGroup
from tocsin.kernel.actor import Actor


def counted(actor: Actor, groups: Iterable[LinkedGroup], *, quiet: bool = False) -> dict[str, Any]:
    """What `incident/parts/groups.html` says of each group by its id, and sums of all. No query without groups.

    With `quiet` also how many are kept quiet, for one more query. A group whose counts are gone has no words.
    """
    ids = [group.group_id for group in groups]
    rows = alert_groups(actor, ids) if ids else []
    hushed = kept_quiet(actor, ids) if ids and quiet else {}
    return {
        "counted": {row.id: _words(row.counted, hushed.get(row.id, 0)) for row in rows},
        "alerts_in_all": sum(row.total for row in rows),
        "alerts_firing": sum(row.firing for row in rows),
    }


def _words(counts: str, quiet: int) -> str:
    return f"{counts}, {quiet} kept quiet" if quiet else counts
