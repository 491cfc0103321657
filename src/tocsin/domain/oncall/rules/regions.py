"""Ready-made rotations: follow the sun, regions that hand over as the day goes round. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from tocsin.domain.oncall.rules.rotation import Every, Layer, PersonId, Restriction, Rotation

WEEKLY = Rotation(Every.WEEKS)
EVERY_DAY = range(7)


@dataclass(frozen=True, slots=True)
class Region:
    """People of one place, on call from `opens` to `closes` on the wall of `zone`, taking turns among themselves."""

    name: str
    zone: str
    opens: time
    closes: time
    people: tuple[PersonId, ...]


def follow_the_sun(
    regions: Sequence[Region],
    *,
    start: date,
    rotation: Rotation = WEEKLY,
    days: Sequence[int] = EVERY_DAY,
) -> list[Layer]:
    """A layer for each region, in the order given: a later one wins where their hours overlap."""
    return [
        Layer(
            id=str(order),
            order=order,
            people=region.people,
            rotation=rotation,
            handoff=region.opens,
            zone=region.zone,
            start=start,
            restrictions=tuple(Restriction(day, region.opens, region.closes) for day in days),
            name=region.name,
        )
        for order, region in enumerate(regions)
    ]
