"""Where an alert goes and who keeps it quiet: routes and silences as they stand, loaded once for a batch."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tocsin.domain.alerts import models
from tocsin.domain.alerts.ports import CHECKS
from tocsin.domain.alerts.rules import routing
from tocsin.domain.alerts.rules.grouping import group_key, group_labels

DEFAULT_GROUP_BY = ("alertname",)
"""Alerts of an integration that has a service and no route: one group for each name of alert."""


@dataclass(frozen=True, slots=True)
class Place:
    """The group that an alert belongs into, and what that group is about."""

    key: str
    labels: Mapping[str, str]
    route_id: str = ""
    service_id: str = ""
    services: tuple[str, ...] = ()
    policy_id: str = ""
    unrouted: str = ""


@dataclass
class Switchboard:
    """Routes and silences at `at`. Two queries, made when it is first asked."""

    at: datetime
    _routes: tuple[routing.Route, ...] | None = None
    _silences: list[tuple[str, routing.Silence]] | None = field(default=None)

    def place(self, alert: models.Alert, integration: models.Integration) -> Place:
        """The group for an alert. A source with a service is a route by itself; else none is an answer too."""
        if self._routes is None:
            self._routes = tuple(as_rule(row) for row in models.Route.objects.order_by("order", "id"))
        own = str((alert.service_id if integration.kind == CHECKS else integration.service_id) or "")
        labels = routing_labels(alert, integration)
        found = routing.route(self._routes, labels)
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
            )
        return Place(
            key=group_key(str(integration.id), DEFAULT_GROUP_BY, labels),
            labels=group_labels(DEFAULT_GROUP_BY, labels),
            service_id=own,
            services=(own,) if own else (),
            unrouted="" if own else found.sentence,
        )

    def silenced_by(self, alert: models.Alert) -> list[str]:
        """Ids of the silences in force over an alert, in order."""
        if self._silences is None:
            rows = models.Silence.objects.filter(starts_at__lte=self.at, ends_at__gt=self.at).order_by("id")
            self._silences = [(str(row.integration_id or ""), _silence(row)) for row in rows]
        if not self._silences:
            return []
        mine = (rule for scope, rule in self._silences if scope in ("", str(alert.integration_id)))
        return list(routing.silenced_by(mine, alert.labels, self.at))


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


def _silence(row: models.Silence) -> routing.Silence:
    return routing.Silence(str(row.id), matchers_of(row.matchers), row.starts_at, row.ends_at)
