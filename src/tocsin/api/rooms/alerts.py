"""Alerts, their groups and silences, changes, and how intake does."""

from datetime import timedelta
from typing import Annotated, Literal

from ninja import Query
from pydantic import Field

from tocsin.api.door import ApiRequest
from tocsin.api.offering import Offer
from tocsin.api.shapes import Body, Done, Instant, Limit, Made, Page, page_of
from tocsin.domain.alerts import commands, queries, views
from tocsin.domain.alerts.permissions import HANDLE, VIEW
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.clock import now

offer = Offer("alerts")
AlertState = Literal["firing", "acknowledged", "stale", "resolved"]
BACK = timedelta(days=7)


class AlertResolution(Body):
    """Why it is over."""

    reason: Annotated[str, Field(max_length=2000)]


class Assignment(Body):
    """A service by id or slug."""

    service: str


class Silence(Body):
    """Alerts that page nobody until `ends_at`. `matchers` as in `env="test", instance=~"db-.*"`."""

    matchers: Annotated[str, Field(min_length=1, max_length=2000)]
    ends_at: Instant
    comment: Annotated[str, Field(min_length=1, max_length=2000)]
    starts_at: Instant | None = None


@offer.get("/alerts", Page[views.AlertRow], needs=VIEW)
def listing(
    request: ApiRequest,
    state: list[AlertState] = Query(["firing", "acknowledged", "stale"]),  # type: ignore[type-arg]  # noqa: B008
    severity: list[Severity] = Query([]),  # type: ignore[type-arg]  # noqa: B008
    service: str = "",
    integration: str = "",
    group: list[str] = Query([]),  # type: ignore[type-arg]  # noqa: B008
    silenced: bool | None = None,
    text: str = "",
    cursor: str = "",
    limit: Limit = 50,
) -> Page[views.AlertRow]:
    """Alerts, newest start first; open ones unless `state` says otherwise."""
    filters = views.AlertFilter(
        states=tuple(state),
        severities=tuple(s.value for s in severity),
        service_id=service,
        integration_id=integration,
        group_ids=tuple(group),
        silenced=silenced,
        text=text,
        limit=limit,
        before=cursor,
    )
    found = queries.alerts(request.actor, filters)
    return Page(items=found.alerts, next=found.next)


@offer.get("/alerts/{alert}", views.AlertRow, needs=VIEW)
def one(request: ApiRequest, alert: str) -> views.AlertRow:
    """One alert."""
    return queries.alert(request.actor, alert)


@offer.post("/alerts/{alert}/acknowledge", views.AlertRow, needs=HANDLE)
def acknowledge(request: ApiRequest, alert: str) -> views.AlertRow:
    """Somebody knows of it."""
    commands.acknowledge_alert(request.actor, alert_id=alert)
    return queries.alert(request.actor, alert)


@offer.post("/alerts/{alert}/resolve", views.AlertRow, needs=HANDLE)
def resolve(request: ApiRequest, alert: str, given: AlertResolution) -> views.AlertRow:
    """Resolve an alert by hand, such as a stale one."""
    commands.resolve_alert(request.actor, alert_id=alert, reason=given.reason)
    return queries.alert(request.actor, alert)


@offer.get("/alert-groups", Page[views.GroupRow], needs=VIEW)
def groups(request: ApiRequest, cursor: str = "", limit: Limit = 50) -> Page[views.GroupRow]:
    """Groups that are not quiet, newest first."""
    return page_of(queries.groups(request.actor), cursor, limit, key=lambda row: row.id)


@offer.get("/alert-groups/{group}", views.GroupRow, needs=VIEW)
def one_group(request: ApiRequest, group: str) -> views.GroupRow:
    """One group."""
    return queries.group(request.actor, group)


@offer.put("/alert-groups/{group}/service", views.GroupRow, needs=HANDLE)
def assign(request: ApiRequest, group: str, given: Assignment) -> views.GroupRow:
    """Say which service a group is about."""
    commands.assign_group_service(request.actor, group_id=group, service=given.service)
    return queries.group(request.actor, group)


@offer.get("/silences", Page[views.SilenceView], needs=VIEW)
def silences(request: ApiRequest, ended: bool = False, cursor: str = "", limit: Limit = 50) -> Page[views.SilenceView]:
    """Silences in force and to come; with `ended` those that are over too."""
    return page_of(queries.silences(request.actor, ended=ended), cursor, limit, key=lambda row: row.id)


@offer.post("/silences", Made, needs=HANDLE, status=201)
def add_silence(request: ApiRequest, given: Silence) -> Made:
    """Add a silence."""
    return Made(id=commands.add_silence(request.actor, **given.dict()))


@offer.get("/silences/{silence}", views.SilenceView, needs=VIEW)
def one_silence(request: ApiRequest, silence: str) -> views.SilenceView:
    """One silence."""
    return queries.silence(request.actor, silence)


@offer.put("/silences/{silence}", Made, needs=HANDLE)
def change_silence(request: ApiRequest, silence: str, given: Silence) -> Made:
    """Replace a silence."""
    return Made(id=commands.add_silence(request.actor, silence_id=silence, **given.dict()))


@offer.post("/silences/{silence}/expire", Done, needs=HANDLE)
def expire(request: ApiRequest, silence: str) -> Done:
    """End a silence now: what still fires and was never told is told."""
    commands.expire_silence(request.actor, silence_id=silence)
    return Done(said="Ended.")


@offer.get("/changes", Page[views.ChangeView], needs=VIEW)
def changes(
    request: ApiRequest, since: Instant | None = None, service: str = "", limit: Limit = 50
) -> Page[views.ChangeView]:
    """Deployments and other changes, newest first; of the last seven days unless `since` says otherwise."""
    began = since or now() - BACK
    return Page(items=queries.changes(request.actor, since=began, service_id=service, limit=limit))


@offer.get("/intake", views.IngestRate, needs=VIEW)
def intake(request: ApiRequest) -> views.IngestRate:
    """How intake does: alerts opened in the last 5 minutes, signals waiting, dead letters."""
    return queries.ingest_rate(request.actor)
