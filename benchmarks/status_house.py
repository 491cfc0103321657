"""A status page as a shop has it, made in a prepared home. Needs Django ready."""

from datetime import timedelta
from pathlib import Path

from tocsin.domain.statuspage import commands
from tocsin.domain.statuspage.commands.publishing import make
from tocsin.domain.statuspage.folder import write
from tocsin.kernel.actor import system
from tocsin.kernel.clock import now, telling_of

_ACTOR = system("benchmark")


def make_page(folder: Path) -> None:
    """Twelve components over ninety days, six incidents, one of them open; the files made, and exported to `folder`."""
    at = now()
    with telling_of(at - timedelta(days=95)):
        commands.save_page(_ACTOR, name="Larkfield", time_zone="Europe/Lisbon")
        group = commands.save_group(_ACTOR, name="Shop")
        ids = [
            commands.add_component(_ACTOR, name=f"Service {number}", group_id=group if number % 2 else None)
            for number in range(12)
        ]
    for number in range(6):
        begun = at - timedelta(days=15 * (5 - number), minutes=30)
        with telling_of(begun):
            opened = commands.open_incident(
                _ACTOR,
                title=f"Some payments declined, {number}",
                status="investigating",
                body="One bank in five refuses cards. Pay on delivery works.",
                components={ids[number]: "partial_outage"},
            )
        if number < 5:
            with telling_of(begun + timedelta(minutes=44)):
                commands.post_update(
                    _ACTOR, public_incident_id=opened, status="resolved", body="A certificate at the bank had expired."
                )
    make()()
    write(_ACTOR, folder)
