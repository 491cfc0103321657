"""Pages: what I am being paged about, who was paged for an incident, and taking it."""

from tocsin.api.door import ApiRequest
from tocsin.api.offering import Offer
from tocsin.api.shapes import Done
from tocsin.domain.incidents import queries as incidents
from tocsin.domain.oncall import commands, queries
from tocsin.domain.oncall.permissions import ACKNOWLEDGE, VIEW

offer = Offer("paging")


@offer.get("/pages/mine", list[queries.MyPage], needs=None)
def mine(request: ApiRequest) -> list[queries.MyPage]:
    """What I am being paged about and nobody has answered."""
    return queries.my_pages(request.actor)


@offer.get("/incidents/{ref}/paging", queries.PagingView, needs=VIEW, incident=True)
def paging(request: ApiRequest, ref: str) -> queries.PagingView:
    """Who was paged, how, what the provider answered, and what happens next and when."""
    return queries.paging(request.actor, f"incident:{incidents.row(request.actor, ref).id}")


@offer.post("/incidents/{ref}/unacknowledge", Done, needs=ACKNOWLEDGE, incident=True)
def unacknowledge(request: ApiRequest, ref: str) -> Done:
    """Take one's own acknowledgement of the last ten seconds back: paging goes on where it stood."""
    commands.undo_acknowledge(request.actor, subject=f"incident:{incidents.row(request.actor, ref).id}")
    return Done(said="Taken back.")
