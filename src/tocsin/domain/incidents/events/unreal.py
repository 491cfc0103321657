"""What the log says when an incident that never happened leaves the lists."""

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
