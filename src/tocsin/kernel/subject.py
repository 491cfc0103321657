"""What a page, a run or a search hit is about, without knowing its room."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """A thing of any room. `kind` is its room's noun (`incident`), `url` a path on this server.

    `restricted` subjects are named outside by reference and severity only (security.md).
    """

    kind: str
    id: str
    reference: str
    title: str
    url: str
    restricted: bool = False

    @property
    def stream(self) -> str:
        """Name of its stream in the event log."""
        return f"{self.kind}:{self.id}"

    @property
    def public_title(self) -> str:
        """The title as it may leave the house in a page, mail or SMS."""
        return self.reference if self.restricted else self.title
