"""Insights: what incidents, pages and alerts of the past come to."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from tocsin.api.door import ApiRequest
from tocsin.api.offering import Offer
from tocsin.api.shapes import Instant
from tocsin.domain.incidents.permissions import VIEW
from tocsin.domain.insights import queries
from tocsin.domain.insights.views import Insights
from tocsin.kernel.clock import now

offer = Offer("insights")


@offer.get("/insights", Insights, needs=VIEW)
def insights(
    request: ApiRequest,
    since: Instant | None = None,
    until: Instant | None = None,
    service: Annotated[str, Field(max_length=40)] = "",
    team: Annotated[str, Field(max_length=40)] = "",
) -> Insights:
    """All figures of a time (the last 30 days unless it is given), of a service, or of what a team owns.

    Durations are seconds, shares 0 to 1, fairness Jain's index.
    """
    end = until or now()
    begin = since or end - timedelta(days=30)
    return queries.insights(request.actor, queries.Choice(begin, end, service, team))
