"""Rulebooks: targets, severity matrix and legal clocks, in editions."""

from typing import Annotated, Any, Literal

from pydantic import Field

from tocsin.api.door import ApiRequest
from tocsin.api.offering import Offer
from tocsin.api.shapes import Body, Page
from tocsin.domain.rulebooks import commands, queries
from tocsin.domain.rulebooks.permissions import PUBLISH, SEE

offer = Offer("rulebooks")
Name = Literal["targets", "matrix", "clocks"]


class Draft(Body):
    """The whole content of the next edition, as an edition shows it."""

    content: dict[str, Any]
    version: int | None = None


class Publication(Body):
    """`version` is the draft's that was looked at."""

    version: int | None = None
    note: Annotated[str, Field(max_length=2000)] = ""


@offer.get("/rulebooks/{book}", queries.EditionView, needs=SEE)
def in_force(request: ApiRequest, book: Name) -> queries.EditionView:
    """The edition in force."""
    return queries.in_force(request.actor, book)


@offer.get("/rulebooks/{book}/editions", Page[queries.EditionView], needs=SEE)
def editions(request: ApiRequest, book: Name) -> Page[queries.EditionView]:
    """All published editions, newest first."""
    return Page(items=queries.editions(request.actor, book))


@offer.put("/rulebooks/{book}/draft", queries.EditionView, needs=PUBLISH)
def save_draft(request: ApiRequest, book: Name, given: Draft) -> queries.EditionView:
    """Keep the next edition in the making."""
    commands.save_draft(request.actor, book=book, content=given.content, version=given.version)
    return queries.draft(request.actor, book) or queries.in_force(request.actor, book)


@offer.delete("/rulebooks/{book}/draft", needs=PUBLISH)
def discard_draft(request: ApiRequest, book: Name) -> None:
    """Throw the draft away."""
    commands.discard_draft(request.actor, book=book)


@offer.post("/rulebooks/{book}/publish", queries.EditionView, needs=PUBLISH)
def publish(request: ApiRequest, book: Name, given: Publication) -> queries.EditionView:
    """Put the draft into force for what begins from now on."""
    commands.publish(request.actor, book=book, version=given.version, note=given.note)
    return queries.in_force(request.actor, book)
