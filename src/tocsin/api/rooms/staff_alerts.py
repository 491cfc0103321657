"""Staff alerts: reach, send, results, answer, ask again, close."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from tocsin.api.door import ApiRequest
from tocsin.api.offering import Offer
from tocsin.api.shapes import Body, Done, Instant, Limit, Page, page_of
from tocsin.domain.broadcasts import commands, queries
from tocsin.domain.broadcasts.permissions import SEND, VIEW
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.actor import Role

offer = Offer("staff alerts")
Ids = Annotated[list[str], Field(max_length=1000)]


class Audience(Body):
    """Who is meant: everyone, everyone on call, or by teams, schedules and people (ids), roles and sites (names)."""

    everyone: bool = False
    on_call: bool = False
    teams: Ids = []
    roles: list[Role] = []
    sites: Ids = []
    schedules: Ids = []
    people: Ids = []


class NewAlert(Body):
    """A staff alert. `every_seconds` and `most`: how often those without an answer are asked, in all.

    `repeat_weeks`: a drill that comes again so many weeks later, until it is stopped; 0: once.
    """

    title: Annotated[str, Field(min_length=1, max_length=120)]
    text: Annotated[str, Field(max_length=4000)] = ""
    severity: Severity = Severity.HIGH
    question: Annotated[str, Field(max_length=200)] = ""
    answers: Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=4)] = []
    audience: Audience
    incident: str = ""
    every_seconds: Annotated[int, Field(ge=60, le=86400)] = 300
    most: Annotated[int, Field(ge=1, le=20)] = 1
    practice: bool = False
    at: Instant | None = None
    repeat_weeks: Annotated[int, Field(ge=0, le=52)] = 0


class AlertMade(Body):
    """How the alert is called."""

    reference: str


class AnswerGiven(Body):
    """One of the alert's answers."""

    answer: Annotated[str, Field(max_length=60)]


@offer.get("/staff-alerts", Page[queries.AlertView], needs=VIEW)
def alerts(request: ApiRequest, cursor: str = "", limit: Limit = 50) -> Page[queries.AlertView]:
    """Alerts, newest first, with their counts."""
    return page_of(queries.alerts(request.actor), cursor, limit, key=lambda row: row.id)


@offer.post("/staff-alerts/reach", queries.ReachView, needs=SEND)
def reach(request: ApiRequest, given: Audience) -> queries.ReachView:
    """Whom an audience means now; nothing is sent."""
    return queries.reach(request.actor, given.dict())


@offer.post("/staff-alerts", AlertMade, needs=SEND, status=201)
def send(request: ApiRequest, given: NewAlert) -> AlertMade:
    """Alert the staff now, or at a time."""
    said = given.dict()
    every = timedelta(seconds=said.pop("every_seconds"))
    return AlertMade(reference=commands.send_alert(request.actor, every=every, **said))


@offer.get("/staff-alerts/{alert}", queries.AlertView, needs=VIEW)
def one(request: ApiRequest, alert: str) -> queries.AlertView:
    """One alert with its counts."""
    return queries.alert(request.actor, alert)


@offer.get("/staff-alerts/{alert}/people", Page[queries.AskedView], needs=VIEW)
def asked(request: ApiRequest, alert: str, cursor: str = "", limit: Limit = 50) -> Page[queries.AskedView]:
    """Everyone who was asked, those without an answer first."""
    return page_of(queries.asked(request.actor, alert), cursor, limit, key=lambda row: row.person_id)


@offer.post("/staff-alerts/{alert}/answer", Done, needs=None)
def answer(request: ApiRequest, alert: str, given: AnswerGiven) -> Done:
    """My own answer; a second one replaces it."""
    commands.answer(request.actor, alert=alert, value=given.answer, via="the API")
    return Done(said="Kept.")


@offer.post("/staff-alerts/{alert}/again", Done, needs=SEND)
def again(request: ApiRequest, alert: str) -> Done:
    """Ask those who have not answered once more."""
    commands.ask_again(request.actor, alert=alert)
    return Done(said="Being asked again.")


@offer.post("/staff-alerts/{alert}/close", Done, needs=SEND)
def close(request: ApiRequest, alert: str) -> Done:
    """Nobody is asked any more."""
    commands.close_alert(request.actor, alert=alert)
    return Done(said="Closed.")


@offer.post("/staff-alerts/{alert}/stop-repeating", Done, needs=SEND)
def stop_repeating(request: ApiRequest, alert: str) -> Done:
    """A drill that comes again does not any more."""
    commands.stop_repeating(request.actor, alert=alert)
    return Done(said="It does not come again.")
