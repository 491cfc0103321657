"""What the palette finds: hits of the search index that the actor may see.

The index does the gating; this only dresses its hits as rows.
"""

from collections.abc import Iterator
from importlib import import_module

from tocsin.kernel.actor import Actor
from tocsin.ui.shell import Action

MOST = 12
_ICONS = {
    "incident": "urgent",
    "ticket": "lifebuoy",
    "service": "sitemap",
    "person": "user",
    "article": "book-2",
    "runbook": "player-play",
    "run": "progress",
    "schedule": "calendar",
    "alert": "bell",
}


def hits(actor: Actor, text: str) -> Iterator[Action]:
    """Rows for a typed text, best first. The number of queries is the search's own."""
    # The index has tables, which Django lets nobody import while it still puts the apps together.
    find = import_module("tocsin.core.search.find")
    for hit in find.search(actor, text, limit=MOST):
        yield Action(hit.title, hit.url, group="Found", icon=_ICONS.get(hit.kind, "file-text"), hint=hit.reference)
