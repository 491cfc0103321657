"""Where an alert goes: the routes as they stand, loaded once for a batch."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tocsin.domain.alerts import models
from tocsin.domain.alerts.ports import CHECKS
from tocsin.domain.alerts.rules import routing
from tocsin.domain.alerts.rules.grouping import ALL_LABELS, group_key, group_labels

DEFAULT_GROUP_BY = ("alertname",)
"""Alerts that no route takes: one group for each name of alert. Senders that know no such label (scripts, PagerDuty
clients) name an alert by its title: else all that they ever send would be one group, and what comes after the first
was acknowledged would page nobody."""


@dataclass(frozen=True, slots=True)
class Place:
    """The group that an alert belongs into, and what that group is about."""

    key: str
    labels: Mapping[str, str]
    route_id: str = ""
    service_id: str = ""
    services: tuple[str, ...] = ()
    policy_id: str = ""
    further: tuple[tuple[str, str], ...] = ()
    """(service, policy) of each further route that takes it as well."""
    unrouted: str = ""


@dataclass
class Switchboard:
    """The enabled routes. One query, made when it is first asked."""

    _routes: tuple[routing.Route, ...] | None = None
    _places: dict[tuple[Any, ...], Place] = field(default_factory=dict)

    def place(self, alert: models.Alert, integration: models.Integration, labels: Mapping[str, str]) -> Place:
        """The group for an alert, `labels` as routes see them. A source with a service is a route by itself; else
        none is an answer too."""
        if self._routes is None:
            self._routes = tuple(
                as_rule(row) for row in models.Route.objects.filter(enabled=True).order_by("order", "id")
            )
        own = str((alert.service_id if integration.kind == CHECKS else integration.service_id) or "")
        found = routing.route(self._routes, labels)
        taken = found.routes if isinstance(found, routing.Routed) else ()
        if not taken and not labels.get("alertname"):
            labels = {**labels, "alertname": alert.title}
        group_by = taken[0].group_by if taken else DEFAULT_GROUP_BY
        if ALL_LABELS in group_by or not (taken or own):
            return self._new_place(found, str(integration.id), own, labels)
        alike = (integration.id, own, tuple(r.id for r in taken), tuple(labels.get(name) for name in group_by))
        if alike not in self._places:
            self._places[alike] = self._new_place(found, str(integration.id), own, labels)
        return self._places[alike]

    @staticmethod
    def _new_place(
        found: routing.Routed | routing.Unrouted, integration: str, own: str, labels: Mapping[str, str]
    ) -> Place:
        if isinstance(found, routing.Routed):
            first = found.routes[0]
            services = tuple(dict.fromkeys(r.service or own for r in found.routes if r.service or own))
            return Place(
                key=group_key(first.id, first.group_by, labels),
                labels=group_labels(first.group_by, labels),
                route_id=first.id,
                service_id=first.service or own,
                services=services,
                policy_id=first.policy,
                further=tuple((r.service or own, r.policy) for r in found.routes[1:]),
            )
        return Place(
            key=group_key(integration, DEFAULT_GROUP_BY, labels),
            labels=group_labels(DEFAULT_GROUP_BY, labels),
            service_id=own,
            services=(own,) if own else (),
            unrouted="" if own else found.sentence,
        )


def routing_labels(alert: models.Alert, integration: models.Integration) -> dict[str, str]:
    """The alert's labels, and for matchers also `integration`, `integration_kind` and Tocsin's own `severity`,
    where the sender did not set them."""
    return {
        "integration": integration.name,
        "integration_kind": integration.kind,
        "severity": alert.severity,
        **alert.labels,
    }


def matchers_of(stored: Iterable[Iterable[str]]) -> tuple[routing.Matcher, ...]:
    """Matchers from their stored form."""
    return tuple(routing.Matcher(name, routing.Op(op), value) for name, op, value in stored)


def stored(matchers: Iterable[routing.Matcher]) -> list[list[str]]:
    """The stored form of matchers."""
    return [[m.name, m.op.value, m.value] for m in matchers]


def in_words(stored_matchers: Iterable[Iterable[str]]) -> str:
    """Matchers as people write them."""
    return ", ".join(str(m) for m in matchers_of(stored_matchers))


def as_rule(row: models.Route) -> routing.Route:
    """A route as the rules see it."""
    return routing.Route(
        id=str(row.id),
        order=row.order,
        matchers=matchers_of(row.matchers),
        service=str(row.service_id or ""),
        policy=row.policy_id,
        group_by=tuple(row.group_by),
        continue_=row.continues,
        name=row.name,
    )
