"""What the log says of incidents that are not real: one that leaves the lists, one that is a drill."""

from tocsin.core.log import Event, event


@event("incidents.removed", mark="trash")
class Removed(Event, frozen=True, kw_only=True):
    """The incident was part of a demonstration; its row is gone, its log stays."""

    reference: str
    reason: str

    def sentence(self) -> str:
        """That it was never real."""
        return f"removed {self.reference}, which never happened"

    def body(self) -> str:
        """Why."""
        return self.reason


@event("incidents.practice", mark="flag")
class Practice(Event, frozen=True, kw_only=True):
    """The incident belongs to a drill."""

    reference: str

    def sentence(self) -> str:
        """What it is."""
        return f"noted that {self.reference} is a drill"
