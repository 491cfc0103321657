"""What incidents do to reports: one that is restricted, released or renamed is indexed as it is now."""

from typing import Any

from tocsin.core.log import Recorded, reaction
from tocsin.domain.incidents import events as incidents
from tocsin.domain.knowledge.commands import indexing


@reaction(incidents.Restricted, incidents.Released, incidents.Changed, name="knowledge.index")
def index(recorded: Recorded[Any]) -> None:
    """Renew what search finds of the incident's report."""
    indexing.renew(recorded.subject_id)
