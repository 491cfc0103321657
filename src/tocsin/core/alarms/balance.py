"""The equation of conservation: accepted = delivered + visibly failed + held back with a reason + under way.

Each room keeps the books of its own unit; a difference is an alarm about Tocsin itself (security.md).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Balance:
    """One unit's books. `unit` in the plural: 'deliveries'; `lost` names a few of the missing, for the log."""

    unit: str
    accepted: int
    delivered: int
    failed: int
    suppressed: int
    in_flight: int
    lost: tuple[str, ...] = ()

    @property
    def missing(self) -> int:
        """What nobody would ever deliver nor report; anything but 0 is an alarm."""
        return self.accepted - self.delivered - self.failed - self.suppressed - self.in_flight

    @property
    def sentence(self) -> str:
        """What is wrong, empty when the equation holds."""
        if not self.missing:
            return ""
        return (
            f"{self.missing} of {self.accepted} {self.unit} are neither delivered nor failed, held back or under way."
        )
