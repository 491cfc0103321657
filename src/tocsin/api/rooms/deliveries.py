"""How people are reached and what was sent: contact methods, the ledger of deliveries."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from tocsin.api.door import ApiRequest
from tocsin.api.offering import Offer
from tocsin.api.shapes import Body, Done, Limit, Made, Page
from tocsin.domain.delivery import commands, queries
from tocsin.domain.delivery.permissions import OWN, READ
from tocsin.domain.delivery.ports import DeliveryView, DestinationView

offer = Offer("deliveries")


class ContactMethod(BaseModel):
    """Where a person can be reached. The address itself is shown to nobody but its owner, on their profile."""

    id: str
    person_id: str
    kind: str
    address_hint: str
    label: str
    enabled: bool
    verified_at: datetime | None
    position: int


class NewMethod(Body):
    """A contact method; `person_id` empty: one's own."""

    kind: str
    address: Annotated[str, Field(min_length=1, max_length=2000)]
    person_id: str = ""
    label: Annotated[str, Field(max_length=80)] = ""
    config: dict[str, Annotated[str, Field(max_length=2000)]] = {}


class MethodChange(Body):
    """What is left out stays. A new address must be proved again."""

    address: Annotated[str, Field(min_length=1, max_length=2000)] | None = None
    label: Annotated[str, Field(max_length=80)] | None = None
    enabled: bool | None = None
    position: Annotated[int, Field(ge=0, le=1000)] | None = None


class Code(Body):
    """The code that was sent."""

    code: Annotated[str, Field(max_length=20)]


def _shown(view: DestinationView) -> ContactMethod:
    return ContactMethod(**{name: getattr(view, name) for name in ContactMethod.model_fields})


@offer.get("/contact-methods", list[ContactMethod], needs=OWN)
def methods(request: ApiRequest, person: str = "") -> list[ContactMethod]:
    """Contact methods of a person in their order; one's own unless told otherwise."""
    found = queries.destinations(request.actor, person or request.actor.person)
    return [_shown(view) for view in found]


@offer.post("/contact-methods", Made, needs=OWN, status=201)
def add_method(request: ApiRequest, given: NewMethod) -> Made:
    """Add a contact method; it is unproved until it is verified."""
    said = given.dict()
    said["person_id"] = said["person_id"] or request.actor.person
    return Made(id=commands.add_destination(request.actor, **said))


@offer.patch("/contact-methods/{method}", Done, needs=OWN)
def change_method(request: ApiRequest, method: str, given: MethodChange) -> Done:
    """Change what is given."""
    commands.change_destination(request.actor, destination_id=method, **given.dict(exclude_unset=True))
    return Done(said="Changed.")


@offer.delete("/contact-methods/{method}", needs=OWN)
def remove_method(request: ApiRequest, method: str) -> None:
    """Remove a contact method; what still waits to go there is suppressed with that reason."""
    commands.remove_destination(request.actor, destination_id=method)


@offer.post("/contact-methods/{method}/send-code", Made, needs=OWN)
def send_code(request: ApiRequest, method: str) -> Made:
    """Send a six-digit code to it; the answer is the id of the delivery."""
    return Made(id=commands.request_verification(request.actor, destination_id=method))


@offer.post("/contact-methods/{method}/verify", Done, needs=OWN)
def verify(request: ApiRequest, method: str, given: Code) -> Done:
    """Prove it with the code that was sent."""
    commands.verify(request.actor, destination_id=method, code=given.code)
    return Done(said="Proved.")


@offer.post("/contact-methods/{method}/test", Made, needs=OWN)
def test(request: ApiRequest, method: str) -> Made:
    """Send a test message to it; the answer is the id of the delivery."""
    return Made(id=commands.send_test(request.actor, destination_id=method))


@offer.get("/deliveries", Page[DeliveryView], needs=READ)
def deliveries(request: ApiRequest, subject: str = "", person: str = "", limit: Limit = 50) -> Page[DeliveryView]:
    """What was sent, newest first, with every attempt. `subject` as in `incident:<id>`."""
    request.actor.require(READ)
    found = queries.deliveries(request.actor, subject=subject or None, person_id=person, limit=limit)
    return Page(items=found)
