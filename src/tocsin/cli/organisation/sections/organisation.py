"""The organisation itself: its name, hours and who is called when nobody else is."""

from collections.abc import Iterable

from tocsin.cli.organisation.applying import Work
from tocsin.cli.organisation.entry import WEEKDAYS, Entry, Name, email
from tocsin.cli.organisation.section import Single, Standing
from tocsin.domain.accounts import commands, queries


class Organisation(Entry):
    """What is left out stays as it is. `catch_all` are addresses of people."""

    name: Name | None = None
    url: str | None = None
    time_zone: str | None = None
    holiday_region: str | None = None
    closed_dates: list[str] | None = None
    hours: dict[str, list[list[str]]] | None = None
    catch_all: list[str] | None = None


class _Organisation(Single[Organisation]):
    name, one, entry, place = "organisation", "organisation", Organisation, 0
    after = ("people",)

    def read(self, now: Standing) -> Iterable[tuple[str, Organisation]]:
        view, emails = queries.organisation(), now.names("people")
        yield (
            self.name,
            Organisation(
                name=view.name,
                url=view.url,
                time_zone=view.time_zone,
                holiday_region=view.holiday_region,
                closed_dates=list(view.closed_dates),
                # PostgreSQL's JSON forgets the order of keys; a file reads from Monday on.
                hours={day: [list(span) for span in view.hours[day]] for day in WEEKDAYS if day in view.hours},
                catch_all=sorted(emails[id_] for id_ in view.catch_all_ids),
            ),
        )

    def normal(self, entry: Organisation) -> None:
        if entry.catch_all is not None:
            entry.catch_all = sorted(set(map(email, entry.catch_all)))
        if entry.closed_dates is not None:
            entry.closed_dates = sorted(entry.closed_dates)

    def save(self, work: Work, entry: Organisation, old: Organisation | None, id_: str) -> str:
        catch_all = entry.catch_all
        commands.change_organisation(
            work.actor,
            name=entry.name,
            url=entry.url,
            time_zone=entry.time_zone,
            hours=entry.hours,
            closed_dates=entry.closed_dates,
            holiday_region=entry.holiday_region,
            catch_all=None if catch_all is None else [work.id_of("people", e, "catch_all") for e in catch_all],
        )
        return id_


SECTION = _Organisation()
