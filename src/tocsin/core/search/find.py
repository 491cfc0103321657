"""Puts subjects into the index and finds them again, for those who may see them."""

from collections.abc import Collection
from dataclasses import dataclass

from tocsin.core.search.dialect import matches
from tocsin.core.search.models import Document
from tocsin.core.visibility import visible
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.subject import Subject


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found."""

    kind: str
    reference: str
    title: str
    url: str


def index(subject: Subject, body: str = "") -> None:
    """Put a subject's text in, or renew it. In the caller's transaction."""
    Document.objects.update_or_create(
        stream=subject.stream,
        defaults={
            "kind": subject.kind,
            "reference": subject.reference,
            "title": subject.title,
            "body": body,
            "url": subject.url,
            "updated_at": now(),
        },
    )


def remove(stream: str) -> None:
    """Take a subject out of the index."""
    Document.objects.filter(stream=stream).delete()


def described(streams: Collection[str]) -> dict[str, Hit]:
    """What is known of these subjects, by stream; of those that are in the index. One query. Asks no gate."""
    rows = Document.objects.filter(stream__in=streams).only("stream", "kind", "reference", "title", "url")
    return {d.stream: Hit(d.kind, d.reference, d.title, d.url) for d in rows}


def search(actor: Actor, text: str, *, limit: int = 20) -> list[Hit]:
    """What the actor may see and `text` describes, best first. One query and one per kind found."""
    found = matches(text, limit * 3)
    allowed = visible(actor, [d.stream for d in found])
    return [Hit(d.kind, d.reference, d.title, d.url) for d in found if d.stream in allowed][:limit]
