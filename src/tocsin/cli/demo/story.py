"""How an incident of Harbour Market is told: each call happens so many minutes after its beginning."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.catalog import queries as catalog
from tocsin.domain.incidents import commands as incidents
from tocsin.domain.obligations import commands as obligations
from tocsin.kernel.actor import Actor, system
from tocsin.kernel.clock import telling_of

MARK = "This incident is part of the demo organisation."


class Cast:
    """Who acts, and on what: the people by their short names, and the services. Looked up once for all stories."""

    def __init__(self, people: Mapping[str, str]) -> None:
        self.ids = dict(people)
        self.services = {s.slug: s.id for s in catalog.services(system("demo"))}
        self._actors: dict[str, Actor] = {}

    def person(self, who: str) -> str:
        """The id of a person, given the short name or the id."""
        return self.ids.get(who, who)

    def actor(self, who: str) -> Actor:
        """A person, acting."""
        id_ = self.person(who)
        if id_ not in self._actors:
            self._actors[id_] = actor_of(id_)
        return self._actors[id_]


class Story:
    """One incident: each call happens so many minutes after its beginning."""

    def __init__(self, cast: Cast, began: datetime) -> None:
        self.cast, self._began = cast, began
        self.id = ""

    def declare(self, minute: float, who: str, *, services: tuple[str, ...], summary: str, **what: Any) -> None:
        """The incident begins; nobody is paged for it unless `page` says so."""
        with self.at(minute):
            self.id = incidents.declare(
                self.actor(who),
                services=[self.cast.services[slug] for slug in services],
                summary=f"{summary}\n\n{MARK}",
                declared_at=self.moment(0),
                **{"page": False, **what},
            )

    def says(self, minute: float, who: str, verb: str, **what: Any) -> Any:
        """A person does something: `verb` names a command of the incidents room."""
        with self.at(minute):
            return getattr(incidents, verb)(self.actor(who), incident=self.id, **what)

    def done(self, minute: float, who: str, task: str) -> None:
        """A task is done."""
        with self.at(minute):
            incidents.change_task(self.actor(who), task=task, state="done")

    def legal(self, minute: float, who: str, verb: str, **what: Any) -> Any:
        """The same with a command of the obligations room."""
        with self.at(minute):
            return getattr(obligations, verb)(self.actor(who), incident=self.id, **what)

    def person(self, who: str) -> str:
        """The id of a person."""
        return self.cast.person(who)

    def moment(self, minute: float) -> datetime:
        """So many minutes after the beginning."""
        return self._began + timedelta(minutes=minute)

    def at(self, minute: float) -> AbstractContextManager[None]:
        """Inside, it is so many minutes after the beginning."""
        return telling_of(self.moment(minute))

    def actor(self, who: str) -> Actor:
        """A person, acting."""
        return self.cast.actor(who)
