"""Layers of a schedule as they are given, checked and kept. What makes one useless is refused with its mend."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.oncall.models import Layer, Schedule
from tocsin.domain.oncall.public_holidays import clean_region
from tocsin.domain.oncall.rules import schedule as shifts
from tocsin.domain.oncall.rules.regions import Region, follow_the_sun
from tocsin.kernel.errors import Invalid

MOST_LAYERS = 10
NAME_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Window:
    """A weekly window in which a layer counts (Monday 0); `closes` at or before `opens` is the next day's."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class LayerInput:
    """One layer as given; a later layer wins over an earlier one. Without a zone: the schedule's.

    `pattern`: lengths of uneven turns, one after the other, instead of `count`. `on_holidays` is always, only or
    never; `holiday_region` says whose public holidays (empty: the schedule's).
    """

    people: tuple[str, ...]
    handoff: time
    start: date
    every: str = "weeks"
    count: int = 1
    time_zone: str = ""
    end: date | None = None
    restrictions: tuple[Window, ...] = field(default=())
    name: str = ""
    pattern: tuple[int, ...] = field(default=())
    on_holidays: str = "always"
    holiday_region: str = ""


def sun_layers(regions: Sequence[Region], *, start: date, every: str = "weeks", count: int = 1) -> list[LayerInput]:
    """A layer for each region, as `save_schedule` takes them. Raises `Invalid` for what makes none."""
    if every not in set(shifts.Every):
        raise Invalid("every: hand over by hours, days or weeks.", field="every")
    made = follow_the_sun(regions, start=start, rotation=shifts.Rotation(shifts.Every(every), count))
    return [
        LayerInput(
            people=layer.people,
            handoff=layer.handoff,
            start=layer.start,
            every=layer.rotation.every.value,
            count=layer.rotation.count,
            time_zone=layer.zone,
            restrictions=layer.restrictions,  # type: ignore[arg-type]  # a Restriction reads like a Window
            name=layer.name,
        )
        for layer in made
    ]


def check_layers(name: str, time_zone: str, region: str, layers: Sequence[LayerInput]) -> None:
    """What the rules call a problem is refused here, so that it never has to be met at page time."""
    if not 1 <= len(layers) <= MOST_LAYERS:
        raise Invalid(f"layers: a schedule has 1 to {MOST_LAYERS} layers.", field="layers")
    named = {id_ for given in layers for id_ in given.people}
    active = {one.id for one in accounts.known(named) if one.active}
    for number, given in enumerate(layers, 1):
        if any(id_ not in active for id_ in given.people):
            raise Invalid(f"people: layer {number} names someone who is not an active person.", field="people")
        if given.every not in set(shifts.Every):
            raise Invalid(f"every: layer {number} hands over by hours, days or weeks.", field="every")
        if len(given.name) > NAME_LENGTH:
            raise Invalid(f"name: layer {number} needs a name of at most {NAME_LENGTH} characters.", field="name")
        _check_holidays(number, given, region)
    snapshot = shifts.Schedule("", name, tuple(_rule(n, g, time_zone) for n, g in enumerate(layers)))
    for problem in shifts.problems(snapshot):
        raise Invalid(f"{problem.field}: {problem.sentence}", field=problem.field)


def _check_holidays(number: int, given: LayerInput, region: str) -> None:
    if given.on_holidays not in set(shifts.OnHolidays):
        sentence = f"on_holidays: layer {number} counts always, only or never on public holidays."
        raise Invalid(sentence, field="on_holidays")
    own = clean_region(given.holiday_region)
    if given.on_holidays != shifts.OnHolidays.ALWAYS and not (own or region):
        sentence = f"holiday_region: say whose public holidays layer {number} goes by, like DE-BY."
        raise Invalid(sentence, field="holiday_region")


def _rule(order: int, given: LayerInput, time_zone: str) -> shifts.Layer:
    return shifts.Layer(
        id=str(order),
        order=order,
        people=given.people,
        rotation=shifts.Rotation(shifts.Every(given.every), given.count, given.pattern),
        handoff=given.handoff,
        zone=given.time_zone or time_zone,
        start=given.start,
        end=given.end,
        restrictions=tuple(shifts.Restriction(w.weekday, w.opens, w.closes) for w in given.restrictions),
        name=given.name,
    )


def layer_row(row: Schedule, order: int, given: LayerInput) -> Layer:
    """The layer as it is kept; not saved yet."""
    return Layer(
        schedule=row,
        order=order,
        name=given.name.strip(),
        people=list(given.people),
        every=given.every,
        count=given.count,
        pattern=list(given.pattern),
        handoff=given.handoff,
        time_zone=given.time_zone or row.time_zone,
        start=given.start,
        end=given.end,
        restrictions=_windows(given),
        on_holidays=given.on_holidays,
        holiday_region=clean_region(given.holiday_region),
    )


def plain_layer(given: LayerInput, time_zone: str) -> dict[str, object]:
    """The layer as the log keeps it."""
    return {
        "name": given.name,
        "people": list(given.people),
        "every": given.every,
        "count": given.count,
        "pattern": list(given.pattern),
        "handoff": given.handoff.isoformat("minutes"),
        "time_zone": given.time_zone or time_zone,
        "start": given.start.isoformat(),
        "end": given.end.isoformat() if given.end else None,
        "restrictions": _windows(given),
        "on_holidays": given.on_holidays,
        "holiday_region": given.holiday_region,
    }


def _windows(given: LayerInput) -> list[dict[str, object]]:
    return [
        {"weekday": w.weekday, "opens": w.opens.isoformat("minutes"), "closes": w.closes.isoformat("minutes")}
        for w in given.restrictions
    ]
