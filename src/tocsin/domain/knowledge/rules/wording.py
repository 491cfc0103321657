"""How times and lengths are written in a report, in one zone. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from tocsin.kernel.durations import human_duration
from tocsin.kernel.spoken import on_wall

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Clock:
    """Writes instants. Within an incident of a single day the day is not repeated."""

    zone: tzinfo
    begins: datetime
    ends: datetime

    def full(self, at: datetime) -> str:
        """`24 November 2026, 02:47`."""
        local = at.astimezone(self.zone)
        return f"{local.day} {local:%B %Y, %H:%M}"

    def day(self, at: datetime) -> str:
        """`24 November 2026`."""
        local = at.astimezone(self.zone)
        return f"{local.day} {local:%B %Y}"

    def time(self, at: datetime) -> str:
        """`02:47`, with the day when the incident is not of one day or this is of another."""
        return self._dated(at, "%H:%M")

    def exact(self, at: datetime) -> str:
        """`02:47:05`, with the day when needed."""
        return self._dated(at, "%H:%M:%S")

    def spoken(self, sentence: str) -> str:
        """A sentence of the log with its times in this zone."""
        return on_wall(sentence, self.time, lambda at: f"{at.astimezone(self.zone):%Z}")

    def _dated(self, at: datetime, form: str) -> str:
        local = at.astimezone(self.zone)
        days = {d.astimezone(self.zone).date() for d in (self.begins, self.ends)}
        return f"{local:{form}}" if days == {local.date()} else f"{local.day} {local:%b} {local:{form}}"

    @staticmethod
    def whole(length: timedelta) -> str:
        """A length without seconds from one minute on."""
        return human_duration(length // _MINUTE * _MINUTE if length >= _MINUTE else length)


def listed(names: list[str]) -> str:
    """`Checkout, Search and Baskets`."""
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else "".join(names)
