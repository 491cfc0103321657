"""The undo bar: for ten seconds the page offers to take back what was just done.

Hides how the offer travels to the next page (a message). The view behind `url` does the undoing, by POST.
"""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest

SECONDS = 10
"""How long an undo is offered (the product's interface rules, 6)."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One offer: what was done, and the address that takes it back."""

    sentence: str
    url: str
    seconds: int = SECONDS


def offer_undo(request: HttpRequest, sentence: str, url: str, seconds: int = SECONDS) -> None:
    """Show '<sentence> Undo, 10 s left' on the next page; pressing it POSTs to `url`."""
    messages.success(request, sentence, extra_tags=f"undo {seconds} {url}")


def parse(tags: str, sentence: str) -> Offer | None:
    """The offer inside a message's extra tags, if it is one."""
    parts = (tags or "").split(" ", 2)
    if len(parts) != 3 or parts[0] != "undo" or not parts[1].isdigit() or not parts[2].startswith("/"):
        return None
    return Offer(sentence, parts[2], int(parts[1]))
