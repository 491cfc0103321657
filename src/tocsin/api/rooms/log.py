"""The log of an incident, search, and Tocsin's own health."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query
from pydantic import BaseModel, Field

from tocsin.api.door import ApiRequest
from tocsin.api.offering import Offer
from tocsin.api.shapes import Done, Limit, Page, read, written
from tocsin.core.engine.health import RETRY_DEAD, DeadLetter, dead_letters, health, retry_dead_letter
from tocsin.core.events.browse import Kept, Sought, browse, hidden_from
from tocsin.core.events.read import latest_checkpoint
from tocsin.core.events.verify import export_log, verify_stream
from tocsin.core.search.find import search
from tocsin.domain.incidents.permissions import VIEW
from tocsin.domain.incidents.queries import row, streams_of
from tocsin.kernel.errors import Denied

offer = Offer("log and health")


class LogEntry(BaseModel):
    """One entry of the log, as this reader may see it."""

    id: int
    stream: str
    seq: int
    type: str
    at: datetime
    actor: str
    sentence: str
    body: str
    hash: str


class LogFault(BaseModel):
    """Something in the chain that does not hold."""

    stream: str
    seq: int
    what: str


class Verdict(BaseModel):
    """Whether the chains of an incident are whole. `whole_view` false: some entries are not for this reader."""

    whole: bool
    entries: int
    chains: int
    faults: list[LogFault]
    whole_view: bool
    checkpoint_at: datetime | None


class Found(BaseModel):
    """Something that the text describes."""

    kind: str
    reference: str
    title: str
    url: str


class OwnHealth(BaseModel):
    """How Tocsin itself does."""

    well: bool
    engines: int
    waiting: int
    late_seconds: int
    dead_letters: int


def _entry(kept: Kept) -> LogEntry:
    entry = kept.entry
    return LogEntry(
        id=entry.id,
        stream=entry.stream,
        seq=entry.seq,
        type=entry.type,
        at=entry.occurred_at,
        actor=entry.actor_name,
        sentence=entry.event.sentence(),
        body=entry.event.body(),
        hash=kept.hash,
    )


@offer.get("/incidents/{ref}/log", Page[LogEntry], needs=VIEW, incident=True)
def entries(request: ApiRequest, ref: str, cursor: str = "", limit: Limit = 50) -> Page[LogEntry]:
    """Entries of an incident and of its alerts, newest first, with their hashes."""
    offset = read(cursor, o=int)["o"] if cursor else 0
    offset = min(max(0, offset), 10_000_000)
    found, total = browse(request.actor, streams_of(request.actor, ref), Sought(), offset=offset, limit=limit)
    more = offset + limit < total
    return Page(items=[_entry(kept) for kept in found], next=written({"o": offset + limit}) if more else "")


@offer.get("/incidents/{ref}/log/verify", Verdict, needs=VIEW, incident=True)
def verify(request: ApiRequest, ref: str) -> Verdict:
    """Verify the chains of an incident and of its alerts."""
    streams = streams_of(request.actor, ref)
    verdicts = [verify_stream(stream) for stream in streams]
    faults = [LogFault(stream=f.stream, seq=f.seq, what=f.sentence) for v in verdicts for f in v.faults]
    checkpoint = latest_checkpoint()
    return Verdict(
        whole=not faults,
        entries=sum(v.entries for v in verdicts),
        chains=len(verdicts),
        faults=faults,
        whole_view=not hidden_from(request.actor, streams),
        checkpoint_at=checkpoint.at if checkpoint else None,
    )


@offer.get("/incidents/{ref}/log/export", str, needs=VIEW, incident=True, media="application/x-ndjson; charset=utf-8")
def export(request: ApiRequest, ref: str) -> HttpResponse:
    """The entries as JSON lines with their hashes, which `tocsin log verify --file` checks."""
    streams = streams_of(request.actor, ref)
    if hidden_from(request.actor, streams):
        raise Denied("This log holds entries for a narrower circle; ask one of them to export it.")
    name = row(request.actor, ref).reference
    return HttpResponse(
        "\n".join(export_log(streams)) + "\n",
        content_type="application/x-ndjson; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}-log.jsonl"'},
    )


_ASKED: Any = Query(...)  # type: ignore[type-arg]


@offer.get("/search", list[Found], needs=None)
def find(request: ApiRequest, text: Annotated[str, Field(max_length=400)] = _ASKED, limit: Limit = 20) -> list[Found]:
    """What I may see and the text describes, best first."""
    hits = search(request.actor, text, limit=limit)
    return [Found(kind=h.kind, reference=h.reference, title=h.title, url=h.url) for h in hits]


@offer.get("/health", OwnHealth, needs=None)
def own_health(request: ApiRequest) -> OwnHealth:
    """How Tocsin itself does: engines, work waiting, dead letters."""
    found = health()
    return OwnHealth(
        well=found.well,
        engines=found.alive,
        waiting=found.waiting,
        late_seconds=int(found.late.total_seconds()),
        dead_letters=found.dead,
    )


@offer.get("/health/dead-letters", list[DeadLetter], needs=None)
def letters(request: ApiRequest) -> list[DeadLetter]:
    """Work that was given up, newest first."""
    return dead_letters(100)


@offer.post("/health/dead-letters/{letter}/retry", Done, needs=RETRY_DEAD)
def retry(request: ApiRequest, letter: Annotated[int, Field(ge=1, le=2**62)]) -> Done:
    """Try again what was given up."""
    retry_dead_letter(request.actor, letter)
    return Done(said="It is tried again now.")
