"""What people say and link in the incident of this world, and a kept list of tasks."""

from tests.access.world import SYSTEM, World
from tocsin.domain.incidents import commands
from tocsin.domain.incidents.rules.tasks import Item


def make(world: World) -> dict[str, str]:
    """Each by its id; note and decision are of the person who commands."""
    incident, commander = world.values["incident"], world.actor("commander")
    note = commands.write(commander, incident=incident, text="The replica lags by 0.4 s: `lag=0.4`").note
    said = {"text": "Keep the export stopped", "why": "It fills the disk"}
    items = [Item("Call the vendor", "role:operations", 15), Item("Tell the shops")]
    ticket = {"kind": "ticket", "label": "JIRA-6", "url": "https://jira.example.org/browse/JIRA-6"}
    return {
        "note": note,
        "decision": commands.decide(commander, incident=incident, **said),
        "link": commands.add_outside_link(SYSTEM, incident=incident, **ticket),
        "task_list": commands.save_task_template(SYSTEM, name="Outage", items=items),
        "incident_link": commands.link_incident(
            SYSTEM, incident=incident, other=world.values["other_incident"], relation="caused_by"
        ),
    }
