"""Schedules: layers of people who take turns."""

from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Annotated

from msgspec import Meta, field

from tocsin.cli.organisation.applying import Work
from tocsin.cli.organisation.entry import WEEKDAYS, Entry, Name, email, minutes
from tocsin.cli.organisation.problems import Problems
from tocsin.cli.organisation.section import Section, Standing
from tocsin.domain.oncall import commands, queries
from tocsin.kernel.actor import Actor


class Window(Entry):
    """A weekly window in which a layer counts."""

    weekday: str
    opens: str
    closes: str


class Layer(Entry):
    """People who take turns; a later layer wins over an earlier one.

    `pattern`: lengths of uneven turns, instead of `count`. `on_holidays`: always, only or never.
    """

    people: Annotated[list[str], Meta(min_length=1)]
    handoff: str
    start: str
    every: str = "weeks"
    count: Annotated[int, Meta(ge=1)] = 1
    end: str = ""
    time_zone: str = ""
    restrictions: list[Window] = field(default_factory=list)
    name: str = ""
    pattern: list[int] = field(default_factory=list)
    on_holidays: str = "always"
    holiday_region: str = ""


class Schedule(Entry):
    """Who is on call when, known by its name. `team` is a short name; `notices` say how long before a shift."""

    name: Name
    time_zone: str
    layers: list[Layer]
    team: str = ""
    holiday_region: str = ""
    next_takes_over: bool = False
    longest_hours: Annotated[int, Meta(ge=1)] = 192
    notices: list[str] = field(default_factory=lambda: ["24h", "0m"])


class _Schedules(Section[Schedule]):
    name, one, entry, place = "schedules", "schedule", Schedule, 4
    after = ("people", "teams")

    def read(self, now: Standing) -> Iterable[tuple[str, Schedule]]:
        emails, teams = now.names("people"), now.names("teams")
        for view in queries.schedules(now.actor):
            yield (
                view.id,
                Schedule(
                    name=view.name,
                    time_zone=view.time_zone,
                    layers=[_written(layer, view.time_zone, emails) for layer in view.layers],
                    team=teams.get(view.team_id, ""),
                    holiday_region=view.holiday_region,
                    next_takes_over=view.next_takes_over,
                    longest_hours=view.longest_hours,
                    notices=[f"{lead // 60}h" if lead and lead % 60 == 0 else f"{lead}m" for lead in view.notices],
                ),
            )

    def normal(self, entry: Schedule) -> None:
        for layer in entry.layers:
            layer.people = list(map(email, layer.people))
            layer.time_zone = "" if layer.time_zone == entry.time_zone else layer.time_zone

    def check(self, entry: Schedule, path: str, problems: Problems) -> None:
        for number, layer in enumerate(entry.layers, 1):
            _check(layer, f"{path}.layers[{number}]", problems)

    def save(self, work: Work, entry: Schedule, old: Schedule | None, id_: str) -> str:
        return commands.save_schedule(
            work.actor,
            name=entry.name,
            time_zone=entry.time_zone,
            layers=[_given(work, layer) for layer in entry.layers],
            options=commands.ScheduleOptions(
                team_id=work.id_of("teams", entry.team, "team") if entry.team else "",
                holiday_region=entry.holiday_region,
                next_takes_over=entry.next_takes_over,
                longest_hours=entry.longest_hours,
                notices=tuple(minutes(text, "notices") for text in entry.notices),
            ),
            schedule_id=id_ or None,
        )

    def remove(self, actor: Actor, id_: str) -> None:
        commands.remove_schedule(actor, schedule_id=id_)


def _check(layer: Layer, path: str, problems: Problems) -> None:
    hours = [("handoff", layer.handoff)]
    for number, window in enumerate(layer.restrictions, 1):
        hours += [(f"restrictions[{number}].opens", window.opens), (f"restrictions[{number}].closes", window.closes)]
        if window.weekday not in WEEKDAYS:
            problems.add(f"{path}.restrictions[{number}].weekday", f"write one of {', '.join(WEEKDAYS)}.")
    _all_parse(hours, time, "a time like 09:00", path, problems)
    dates = [("start", layer.start), *([("end", layer.end)] if layer.end else [])]
    _all_parse(dates, date, "a date like 2026-01-05", path, problems)


def _all_parse(
    values: Iterable[tuple[str, str]], kind: type[date] | type[time], like: str, path: str, problems: Problems
) -> None:
    for name, text in values:
        try:
            kind.fromisoformat(text)
        except ValueError:
            problems.add(f"{path}.{name}", f"'{text}' is not {like}; write one.")


def _written(given: queries.LayerView, zone: str, emails: Mapping[str, str]) -> Layer:
    return Layer(
        people=[emails.get(id_, id_) for id_ in given.people],
        handoff=given.handoff.isoformat("minutes"),
        start=given.start.isoformat(),
        every=given.every,
        count=given.count,
        end=given.end.isoformat() if given.end else "",
        time_zone="" if given.time_zone == zone else given.time_zone,
        restrictions=[
            Window(weekday=WEEKDAYS[day], opens=opens.isoformat("minutes"), closes=closes.isoformat("minutes"))
            for day, opens, closes in given.restrictions
        ],
        name=given.name,
        pattern=list(given.pattern),
        on_holidays=given.on_holidays,
        holiday_region=given.holiday_region,
    )


def _given(work: Work, layer: Layer) -> commands.LayerInput:
    return commands.LayerInput(
        people=tuple(work.id_of("people", address, "people") for address in layer.people),
        handoff=time.fromisoformat(layer.handoff),
        start=date.fromisoformat(layer.start),
        every=layer.every,
        count=layer.count,
        time_zone=layer.time_zone,
        end=date.fromisoformat(layer.end) if layer.end else None,
        restrictions=tuple(
            commands.Window(WEEKDAYS.index(w.weekday), time.fromisoformat(w.opens), time.fromisoformat(w.closes))
            for w in layer.restrictions
        ),
        name=layer.name,
        pattern=tuple(layer.pattern),
        on_holidays=layer.on_holidays,
        holiday_region=layer.holiday_region,
    )


SECTION = _Schedules()
