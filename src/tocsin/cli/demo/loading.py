"""Loads the demo: the organisation from its file, then its incidents as people would have lived them."""

from importlib.resources import files

from django.db import transaction

from tocsin.cli.demo.stories import tell
from tocsin.cli.organisation import apply_changes
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.catalog import queries as catalog
from tocsin.kernel.actor import system

DEMO = system("demo")
DOMAIN = "@harbour-market.example"


def text() -> str:
    """The demo organisation's file."""
    return files("tocsin.cli.demo").joinpath("harbour_market.yaml").read_text(encoding="utf-8")


def load() -> bool:
    """Load the demo, all or nothing, into a house that has no services yet; False when there is nothing to do.

    So it never mixes with an organisation that is in use, and loading it twice is loading it once.
    """
    with transaction.atomic():
        if catalog.services(DEMO) or any(p.email.endswith(DOMAIN) for p in accounts.people(DEMO)):
            return False
        apply_changes(DEMO, text())
        tell({p.email.removesuffix(DOMAIN): p.id for p in accounts.people(DEMO) if p.email.endswith(DOMAIN)})
    return True
