"""What people do when something arrives: press the link, pass it on, or stay silent. They know only what they got."""

import random
import re
from dataclasses import dataclass, field
from datetime import datetime

from tests.harness.kills.world import ACKNOWLEDGES, AS_CATCH_ALL, HARNESS, PASSES_ON, Alarm, World
from tests.harness.outside import Arrival, Outside
from tocsin.domain.incidents import commands as incidents
from tocsin.domain.oncall import commands as oncall
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict

_CALL = re.compile(r"nobody has answered, call (\d+)")
_ALARM = re.compile(r"(INC-\d+).*Alarm (\d+) rings")
_STAYS_OPEN = 0.1
"""Share of incidents that lie still after their answer, so that somebody is asked again half an hour later."""


@dataclass
class People:
    """All of them. `answered` and `ended` hold when a command had returned: it was committed before."""

    world: World
    outside: Outside
    chance: random.Random
    alarms: dict[int, Alarm] = field(default_factory=dict)
    answered: dict[int, datetime] = field(default_factory=dict)
    ended: dict[int, datetime] = field(default_factory=dict)
    references: dict[int, str] = field(default_factory=dict)
    late: bool = True
    """While true, catch-all people answer the second call only."""

    def ring(self) -> None:
        """One more alert."""
        alarm = self.world.ring()
        if alarm is not None:
            self.alarms[alarm.number] = alarm

    def look(self) -> None:
        """Everybody reads what came since, and does what he or she does."""
        for arrival in self.outside.news():
            found = _ALARM.search(arrival.text)
            if not found or not arrival.link:
                continue  # a reminder of a deadline, which is no page
            number = int(found[2])
            self.references[number] = found[1]
            if number not in self.ended:
                self._react(self.alarms[number], arrival)

    def _react(self, alarm: Alarm, arrival: Arrival) -> None:
        does = alarm.plan.does.get(arrival.person)
        if does == PASSES_ON and alarm.number not in self.answered:
            try:
                oncall.pass_on_by_link(arrival.link.rpartition("/")[2])
            except Conflict:
                return
        elif does == ACKNOWLEDGES or (does == AS_CATCH_ALL and self._nobody_else(arrival)):
            self._acknowledge(alarm, arrival)

    def _nobody_else(self, arrival: Arrival) -> bool:
        """Called as catch-all, for the second time while they are late."""
        call = _CALL.search(arrival.text)
        return call is not None and int(call[1]) >= (2 if self.late else 1)

    def _acknowledge(self, alarm: Alarm, arrival: Arrival) -> None:
        again = alarm.number in self.answered
        answer = oncall.acknowledge_by_link(arrival.link.rpartition("/")[2])
        if "(step 1 of 1" in arrival.text:
            return  # a personal call, which is answered for oneself alone
        if not again and answer.at is not None:
            self.answered[alarm.number] = now()
        asked = again and answer.first
        if asked or (not again and self.chance.random() >= _STAYS_OPEN):
            self.end(alarm)

    def end(self, alarm: Alarm) -> None:
        """It was nothing after all: the incident ends, and its service may have trouble anew."""
        incidents.dismiss(HARNESS, incident=self.references[alarm.number], reason="The harness is done with it.")
        self.ended[alarm.number] = now()
        self.world.over(alarm)

    def waiting(self) -> list[Alarm]:
        """Alarms that nobody has answered yet."""
        return [alarm for alarm in self.alarms.values() if alarm.number not in self.answered]
