"""The features of incidents, from the groups of alerts that made them and what the alerts of each agree in.

Hides where they are read. Reads only; decides nothing.
"""

from collections.abc import Mapping, Sequence

from tocsin.domain.alerts import queries as alerts
from tocsin.domain.triage.naming import TOCSIN
from tocsin.domain.triage.rules.learning import features_of


def noticed(groups: Mapping[str, Sequence[str]]) -> dict[str, frozenset[str]]:
    """The features of each incident (any key), given the ids of its alert groups. Two queries for any number."""
    wanted = [id_ for ids in groups.values() for id_ in ids]
    rows = {row.id: row for row in alerts.groups(TOCSIN, wanted)} if wanted else {}
    # What a group was made by is mostly the alert's name alone; team, job and namespace stand in the alerts.
    shared = alerts.shared_labels(TOCSIN, rows) if rows else {}
    return {
        key: features_of(
            {
                "labels": {**shared.get(g.id, {}), **g.labels},
                "title": g.title,
                "source": g.integration,
                "service": g.service,
            }
            for id_ in ids
            if (g := rows.get(id_)) is not None
        )
        for key, ids in groups.items()
    }
