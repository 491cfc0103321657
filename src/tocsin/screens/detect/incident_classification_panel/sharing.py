"""What alerts of several groups have in common, as matchers for a silence, and the groups to choose from."""

from collections.abc import Sequence
from urllib.parse import urlencode

from tocsin.domain.alerts import queries
from tocsin.domain.incidents.queries import LinkedGroup
from tocsin.kernel.actor import Actor
from tocsin.ui.parts import Chip

MOST = 30
"""So many groups are offered one by one; addresses hold no more."""


def shared_matchers(actor: Actor, group_ids: Sequence[str]) -> str:
    """Matchers that all alerts of these groups meet: of one group what it is grouped by, so that alerts to come count
    as well; of several the labels that they share. Empty when they share none. Two queries.
    """
    groups = queries.groups(actor, group_ids)
    if not groups:
        return ""
    if len(groups) == 1:
        return _written(dict(groups[0].labels))
    known = queries.shared_labels(actor, group_ids)
    each = [known.get(group.id) or dict(group.labels) for group in groups]
    shared = {name: value for name, value in each[0].items() if all(one.get(name) == value for one in each)}
    # A severity alone would silence everybody's alerts of that size.
    return _written(shared) if set(shared) - {"severity"} else ""


def _written(labels: dict[str, str]) -> str:
    return ", ".join(f'{name}="{_quoted(value)}"' for name, value in labels.items() if value)


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')


def group_chips(groups: Sequence[LinkedGroup], chosen: Sequence[str]) -> list[Chip]:
    """A chip for each group: pressed while its alerts are meant; pressing takes it out or in.

    None for a single one, nor for so many that nobody would choose among them: then all are meant.
    """
    if not 2 <= len(groups) <= MOST:
        return []
    return [Chip(group.title, _address(groups, chosen, group.group_id), group.group_id in chosen) for group in groups]


def _address(groups: Sequence[LinkedGroup], chosen: Sequence[str], pressed: str) -> str:
    wanted = [g.group_id for g in groups if (g.group_id in chosen) != (g.group_id == pressed)]
    return f"?{urlencode([('group', id_) for id_ in wanted])}"
