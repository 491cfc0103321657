"""Statuspage v2: every field that the format has, in its spelling. Reads a picture, asks nothing, decides nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tocsin.domain.statuspage.rules.states import indicator, worst
from tocsin.domain.statuspage.views import ComponentView, GroupView, Picture, PublicIncidentView, UpdateView

Body = dict[str, Any]


def documents(picture: Picture, url: str) -> dict[str, Body]:
    """Every document by its path below `api/v2/`."""
    page = _page(picture, url)
    wire = _Wire(picture, url)
    unresolved = [wire.incident(one) for one in picture.unresolved]
    ahead = [wire.incident(one) for one in [*picture.active, *picture.upcoming]]
    components = wire.components()
    status = _status(picture)
    return {
        "summary.json": {
            "page": page,
            "components": components,
            "incidents": unresolved,
            "scheduled_maintenances": ahead,
            "status": status,
        },
        "status.json": {"page": page, "status": status},
        "components.json": {"page": page, "components": components},
        "incidents.json": {"page": page, "incidents": [wire.incident(one) for one in picture.incidents[:50]]},
        "incidents/unresolved.json": {"page": page, "incidents": unresolved},
        "scheduled-maintenances.json": {
            "page": page,
            "scheduled_maintenances": [wire.incident(one) for one in picture.maintenances[:50]],
        },
        "scheduled-maintenances/upcoming.json": {
            "page": page,
            "scheduled_maintenances": [wire.incident(one) for one in picture.upcoming],
        },
        "scheduled-maintenances/active.json": {
            "page": page,
            "scheduled_maintenances": [wire.incident(one) for one in picture.active],
        },
    }


def _page(picture: Picture, url: str) -> Body:
    page = picture.page
    dates = [page.updated_at, *(one.updated_at for one in picture.components)]
    dates += [one.updated_at for one in picture.incidents]
    return {
        "id": page.code,
        "name": page.name,
        "url": url,
        "time_zone": page.time_zone,
        "updated_at": _at(max([*dates, *(one.updated_at for one in picture.maintenances)]), page.time_zone),
    }


def _status(picture: Picture) -> Body:
    found, description = indicator(
        (one.status for one in picture.components), (one.impact for one in picture.unresolved)
    )
    return {"indicator": str(found), "description": description}


class _Wire:
    def __init__(self, picture: Picture, url: str) -> None:
        self._picture, self._url, self._zone = picture, url, picture.page.time_zone
        self._now = {one.code: one for one in picture.components}

    def components(self) -> list[Body]:
        """Groups, each followed by its members, after those of no group."""
        found = [self.component(one) for one in self._picture.loose]
        for group in self._picture.groups:
            found.append(self._group(group))
            found += [self.component(one) for one in group.components]
        return found

    def component(self, one: ComponentView) -> Body:
        return {
            "id": one.code,
            "name": one.name,
            "status": one.status,
            "created_at": _at(one.created_at, self._zone),
            "updated_at": _at(one.updated_at, self._zone),
            "position": one.position + 1,
            "description": one.description or None,
            "showcase": one.showcase,
            "start_date": one.start_date.isoformat(),
            "group_id": one.group_code or None,
            "page_id": self._picture.page.code,
            "group": False,
            "only_show_if_degraded": one.only_show_if_degraded,
        }

    def _group(self, group: GroupView) -> Body:
        return {
            "id": group.code,
            "name": group.name,
            "status": str(worst(one.status for one in group.components)),
            "created_at": _at(group.created_at, self._zone),
            "updated_at": _at(group.updated_at, self._zone),
            "position": group.position + 1,
            "description": None,
            "showcase": False,
            "start_date": None,
            "group_id": None,
            "page_id": self._picture.page.code,
            "group": True,
            "only_show_if_degraded": False,
            "components": [one.code for one in group.components],
        }

    def incident(self, one: PublicIncidentView) -> Body:
        body = {
            "id": one.code,
            "name": one.title,
            "status": one.status,
            "created_at": _at(one.created_at, self._zone),
            "updated_at": _at(one.updated_at, self._zone),
            "monitoring_at": _at(one.monitoring_at, self._zone),
            "resolved_at": _at(one.resolved_at, self._zone),
            "impact": one.impact,
            "shortlink": f"{self._url}/incidents/{one.code}/",
            "started_at": _at(one.started_at, self._zone),
            "page_id": self._picture.page.code,
            "incident_updates": self._updates(one),
            "components": [self.component(self._now.get(named.code, named)) for named in one.components],
        }
        if one.scheduled_for is not None:
            body["scheduled_for"] = _at(one.scheduled_for, self._zone)
            body["scheduled_until"] = _at(one.scheduled_until, self._zone)
        return body

    def _updates(self, one: PublicIncidentView) -> list[Body]:
        return [self._update(one, update) for update in one.updates]

    def _update(self, one: PublicIncidentView, update: UpdateView) -> Body:
        return {
            "id": update.code,
            "status": update.status,
            "body": update.body,
            "incident_id": one.code,
            "created_at": _at(update.created_at, self._zone),
            "updated_at": _at(update.updated_at, self._zone),
            "display_at": _at(update.display_at, self._zone),
            "affected_components": _affected(update),
            "deliver_notifications": update.notify,
            "custom_tweet": None,
            "tweet_id": None,
        }


def _affected(update: UpdateView) -> Sequence[Body] | None:
    return [
        {"code": one.code, "name": one.name, "old_status": one.old_status, "new_status": one.new_status}
        for one in update.affected
    ] or None


def _at(at: datetime | None, zone: str) -> str | None:
    """`2026-11-24T02:57:00.000Z`, or with the distance from UTC in the page's own zone."""
    if at is None:
        return None
    text = at.astimezone(ZoneInfo(zone)).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text
