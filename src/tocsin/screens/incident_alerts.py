"""How many alerts stand behind each group of an incident: for every screen that lists its groups."""

from collections.abc import Iterable
from typing import Any

from tocsin.domain.alerts.queries import groups as alert_groups
from tocsin.domain.incidents.queries import LinkedGroup
from tocsin.kernel.actor import Actor


def counted(actor: Actor, groups: Iterable[LinkedGroup]) -> dict[str, Any]:
    """What `incident/parts/groups.html` says of each group by its id, and sums of all. One query, none without groups.

    A group whose counts are kept no longer has no words.
    """
    ids = [group.group_id for group in groups]
    rows = alert_groups(actor, ids) if ids else []
    return {
        "counted": {row.id: row.counted for row in rows},
        "alerts_in_all": sum(row.total for row in rows),
        "alerts_firing": sum(row.firing for row in rows),
    }
