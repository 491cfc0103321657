"""What a drill sets up in Tocsin before anything breaks: practice people, a service, a policy, a source.

All of it is named `Drill: …` and written down as it is made.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from tocsin.cli.drill.mailbox import Mail, Mailbox
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.accounts import queries
from tocsin.domain.alerts import commands as alerts
from tocsin.domain.catalog import commands as catalog
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.delivery.queries import destinations
from tocsin.domain.drill.commands import DRILL, note_made
from tocsin.domain.drill.rules import MAILBOX, PRACTICE_DOMAIN
from tocsin.domain.monitoring import commands as monitoring
from tocsin.domain.monitoring import queries as query
from tocsin.domain.oncall import commands as oncall
from tocsin.kernel.actor import Role

SERVICE, SLUG = "Drill: sample shop", "drill-shop"
_CODE = re.compile(r"\b\d{6}\b")
Wait = Callable[[Callable[[], bool], float, str], None]
"""Wait until it is true, at most so many seconds; the words complete 'waited for …'."""


@dataclass(frozen=True, slots=True)
class Practice:
    """A practice person."""

    id: str
    name: str
    email: str


_PEOPLE = (
    ("mara", "Mara Lindqvist (drill)", (Role.RESPONDER, Role.COMMANDER)),
    ("tomo", "Tomo Ferreira (drill)", (Role.RESPONDER,)),
    ("ines", "Ines Okafor (drill)", (Role.RESPONDER, Role.COMMUNICATOR)),
)


@dataclass(frozen=True, slots=True)
class Stage:
    """What was set up. The first of the people is paged first."""

    people: tuple[Practice, ...]
    service: str
    check: str
    door: str


def set_up(drill_id: str, shop_url: str, mailbox: Mailbox, wait: Wait) -> Stage:
    """Make all of it. Real codes prove the practice mailboxes, as anybody's."""
    people = tuple(_person(key, name, roles, wait) for key, name, roles in _PEOPLE)
    note_made(DRILL, drill_id=drill_id, people=[person.id for person in people])
    service = catalog.add_service(
        DRILL, name=SERVICE, slug=SLUG, tier=1, description="A shop on this machine that exists for one drill."
    )
    note_made(DRILL, drill_id=drill_id, service=service)
    steps = [oncall.StepInput((oncall.TargetInput("person", person.id),)) for person in people[:2]]
    policy = oncall.save_policy(DRILL, name=SERVICE, steps=steps)
    oncall.set_service_policy(DRILL, service_id=service, policy_id=policy)
    door = alerts.add_integration(DRILL, kind="prometheus", name="Drill: Prometheus of the shop", service=service)
    for person in people:
        _reachable(person, mailbox, wait)
    check = monitoring.add_check(
        DRILL,
        name="Drill: the shop's health",
        target=f"{shop_url}health",
        service_id=service,
        interval=timedelta(seconds=5),
        timeout=timedelta(seconds=3),
        severity="critical",
    )
    wait(lambda: query.check(DRILL, check).state == "ok", 30, "the check to be green")
    return Stage(people, service, check, door.url)


def _person(key: str, name: str, roles: tuple[Role, ...], wait: Wait) -> Practice:
    email = f"{key}{PRACTICE_DOMAIN}"
    known = next((one for one in queries.people(DRILL) if one.email == email), None)
    if known is None:
        new = accounts.add_person(DRILL, email=email, name=name, roles=roles)
        # Their own address becomes a contact method by itself; it must be there before it can be taken away.
        wait(lambda: bool(destinations(DRILL, new)), 20, f"the engine to notice {name}")
        return Practice(new, name, email)
    if not known.active:
        accounts.reactivate_person(DRILL, person_id=known.id)
    return Practice(known.id, name, email)


def _reachable(person: Practice, mailbox: Mailbox, wait: Wait) -> None:
    """The practice mailbox as the one contact method, proved by a code that came by mail."""
    for old in destinations(DRILL, person.id):
        delivery.remove_destination(DRILL, destination_id=old.id)
    method = delivery.add_destination(
        DRILL,
        kind=MAILBOX,
        address=person.email,
        person_id=person.id,
        label="Practice mailbox",
        config={"port": str(mailbox.port)},
    )
    delivery.request_verification(DRILL, destination_id=method)

    def code_for(mail: Mail) -> bool:
        return mail.to == person.email and "code" in mail.subject

    wait(lambda: mailbox.find(code_for) is not None, 20, f"the code for {person.name}")
    mail = mailbox.find(code_for)
    found = _CODE.search(mail.subject) if mail else None
    delivery.verify(DRILL, destination_id=method, code=found[0] if found else "")
