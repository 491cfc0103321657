"""How people are paged: rules by urgency and quiet hours; one's own, and for administrators those of others."""

from datetime import time, timedelta
from typing import Annotated

from pydantic import Field

from tocsin.api.door import ApiRequest
from tocsin.api.offering import Offer
from tocsin.api.shapes import Body
from tocsin.domain.oncall import commands, queries
from tocsin.domain.oncall.permissions import PERSONAL, PERSONAL_OF_OTHERS
from tocsin.domain.oncall.rules.ending import Wish
from tocsin.domain.oncall.rules.urgency import Urgency

offer = Offer("paging rules")


class PagingRule(Body):
    """These contact methods together, by id, so many seconds after the page."""

    methods: Annotated[list[str], Field(min_length=1, max_length=20)]
    after_seconds: Annotated[int, Field(ge=0, le=3600)] = 0


class PagingRulesGiven(Body):
    """All rules of an urgency; none: as everybody is paged."""

    rules: Annotated[list[PagingRule], Field(max_length=10)]

    def given(self) -> list[commands.RuleInput]:
        """As the command takes them."""
        return [commands.RuleInput(timedelta(seconds=r.after_seconds), tuple(r.methods)) for r in self.rules]


class QuietHoursGiven(Body):
    """On the person's own wall, every night; both null: none."""

    start: time | None
    end: time | None


class EndWishGiven(Body):
    """How the person hears that what they were paged about is over."""

    wish: Wish


@offer.get("/me/paging-rules", queries.PersonalView, needs=PERSONAL)
def mine(request: ApiRequest) -> queries.PersonalView:
    """How I am paged: what holds for each urgency, my quiet hours, and the contact methods that rules may name."""
    return queries.personal_rules(request.actor)


@offer.put("/me/paging-rules/{urgency}", queries.PersonalView, needs=PERSONAL)
def save_mine(request: ApiRequest, urgency: Urgency, given: PagingRulesGiven) -> queries.PersonalView:
    """Set how I am paged at an urgency. Pages under way keep the plan they began with."""
    commands.save_personal_rules(request.actor, urgency=urgency.value, rules=given.given())
    return queries.personal_rules(request.actor)


@offer.put("/me/quiet-hours", queries.PersonalView, needs=PERSONAL)
def save_my_quiet_hours(request: ApiRequest, given: QuietHoursGiven) -> queries.PersonalView:
    """Set or end the hours in which nothing below Critical rings for me."""
    commands.save_quiet_hours(request.actor, start=given.start, end=given.end)
    return queries.personal_rules(request.actor)


@offer.put("/me/end-notice", queries.PersonalView, needs=PERSONAL)
def save_my_end_notice(request: ApiRequest, given: EndWishGiven) -> queries.PersonalView:
    """Set how I hear that what I was paged about is over: quietly, by text message too, or by nothing new."""
    commands.save_end_wish(request.actor, wish=given.wish.value)
    return queries.personal_rules(request.actor)


@offer.get("/people/{person}/paging-rules", queries.PersonalView, needs=PERSONAL_OF_OTHERS)
def of_person(request: ApiRequest, person: str) -> queries.PersonalView:
    """How a person is paged."""
    return queries.personal_rules(request.actor, person)


@offer.put("/people/{person}/paging-rules/{urgency}", queries.PersonalView, needs=PERSONAL_OF_OTHERS)
def save_of_person(request: ApiRequest, person: str, urgency: Urgency, given: PagingRulesGiven) -> queries.PersonalView:
    """Set how a person is paged at an urgency."""
    commands.save_personal_rules(request.actor, urgency=urgency.value, rules=given.given(), person_id=person)
    return queries.personal_rules(request.actor, person)


@offer.put("/people/{person}/quiet-hours", queries.PersonalView, needs=PERSONAL_OF_OTHERS)
def save_quiet_hours_of_person(request: ApiRequest, person: str, given: QuietHoursGiven) -> queries.PersonalView:
    """Set or end a person's quiet hours."""
    commands.save_quiet_hours(request.actor, start=given.start, end=given.end, person_id=person)
    return queries.personal_rules(request.actor, person)


@offer.put("/people/{person}/end-notice", queries.PersonalView, needs=PERSONAL_OF_OTHERS)
def save_end_notice_of_person(request: ApiRequest, person: str, given: EndWishGiven) -> queries.PersonalView:
    """Set how a person hears that what they were paged about is over."""
    commands.save_end_wish(request.actor, wish=given.wish.value, person_id=person)
    return queries.personal_rules(request.actor, person)
