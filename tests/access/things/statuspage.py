"""A status page with a component, a group, an incident, maintenance, a text and a subscriber."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from tocsin.domain.statuspage import commands, queries
from tocsin.domain.statuspage.subscriptions import confirm_token, leave_token
from tocsin.kernel.actor import system
from tocsin.kernel.clock import now

SYSTEM = system("test")


def make(world: Any) -> dict[str, str]:
    """What the routes of the status page name."""
    commands.save_page(SYSTEM, name="Larkfield")
    group = commands.save_group(SYSTEM, name="Shop")
    component = commands.add_component(SYSTEM, name="Storefront")
    spare = commands.add_component(SYSTEM, name="Spare", group_id=group)
    codes = {one.id: one.code for one in queries.components(SYSTEM)}
    opened = commands.open_incident(
        SYSTEM, title="Shop slow", status="investigating", body="We look.", components={component: "partial_outage"}
    )
    begin = now() + timedelta(days=2)
    planned = commands.schedule_maintenance(
        SYSTEM,
        title="New disks",
        body="Breaks.",
        components=[spare],
        scheduled_for=begin,
        scheduled_until=begin + timedelta(hours=1),
    )
    commands.import_subscribers(SYSTEM, rows=[["reader@example.org"]])
    subscriber = queries.subscribers(SYSTEM).rows[0].id
    view = queries.incident(SYSTEM, opened)
    return {
        "status_component": codes[spare],
        "status_group": group,
        "status_incident": view.code,
        "status_version": str(view.version),
        "status_update": view.updates[0].id,
        "status_maintenance": queries.incident(SYSTEM, planned).code,
        "status_maintenance_version": str(queries.incident(SYSTEM, planned).version),
        "status_text": commands.save_text(SYSTEM, name="Looking", status="investigating", body="We look."),
        "status_subscriber": subscriber,
        "status_leave": leave_token(UUID(subscriber)),
        "status_confirm": confirm_token(UUID(subscriber)),
    }
