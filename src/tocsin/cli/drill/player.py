"""Walks the steps of a drill: waits until each is asked for or done by hand, does it, writes down how it went.

Ends by tidying up, however it ends: finished, cancelled at the screen, stopped by a signal, or failed. What a killed
player leaves is tidied by the engine.
"""

import signal
import time
from collections.abc import Callable
from typing import Any

import structlog

from tocsin.cli.drill.acts import Outage
from tocsin.domain.drill.commands import DRILL, beat, end, note_made, report
from tocsin.domain.drill.rules import LONGEST, OUTAGE, Step
from tocsin.kernel.errors import NotFound, Refused

log = structlog.get_logger()
_LOOK_EVERY = 0.25
_BEAT_EVERY = 1.0
_TRIES = 3
_MAILS, _MAIL = 12, 1500
"""How many mails the page shows, and how much of each."""
Tell = Callable[[str], None]


class Cancelled(Exception):
    """Somebody asked to stop."""


class Broken(Exception):
    """A step could not be done while nobody watched; the message says why."""


class Player:
    """Plays one drill. `tell` gets a line for whoever watches; `pace` seconds pass before each step done by itself."""

    def __init__(self, drill_id: str, *, tell: Tell = lambda _line: None, pace: float = 1.5) -> None:
        self._id, self._tell, self._pace = drill_id, tell, pace
        self._steps: list[dict[str, Any]] = [{"key": step.key} for step in OUTAGE]
        self._at: dict[str, Any] = self._steps[0]
        self._outage = Outage(drill_id, self._say, self._wait)
        self._order = ""
        self._beat_at = 0.0
        self._began = time.monotonic()
        self._mails_kept = 0
        self._failures = 0
        self._stopped = False
        self.left: list[str] = []
        """What could not be removed at the end, a sentence each."""

    @property
    def paper(self) -> bytes:
        """The report as PDF; empty when it did not come so far."""
        return self._outage.paper

    def play(self) -> str:
        """Play to the end; the outcome: done, cancelled or failed."""
        for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(one, self._stop)
        outcome = "failed"
        try:
            note_made(DRILL, drill_id=self._id, player=True)
            for number, step in enumerate(OUTAGE):
                self._play(number, step)
            outcome = "done"
        except (Cancelled, NotFound):
            outcome = "cancelled"
            self._tell("Stopped.")
        except Broken as problem:
            self._tell(f"Failed: {problem}")
        finally:
            self._finish(outcome)
        return outcome

    def _play(self, number: int, step: Step) -> None:
        """One step, until it is done."""
        self._at, self._failures = self._steps[number], 0
        self._at["state"] = "now"
        self._tell(f"[{time.monotonic() - self._began:5.1f} s] {number + 1}/{len(OUTAGE)} {step.title}")
        self._keep()
        if self._order == "auto":
            # Whoever watches reads what comes before it happens.
            self._pause(self._pace)
        elif step.key != "open":
            self._tell(f"          on the drill's page: {step.button}")
        began = time.monotonic()
        while not self._is_done(step):
            if (self._take_order() in ("go", "auto") or step.key == "open") and self._attempt(step):
                break
            self._pause(_LOOK_EVERY)
        self._at.update(state="done", working=False, seconds=round(time.monotonic() - began, 1))
        self._keep()

    def _attempt(self, step: Step) -> bool:
        """Do the step; False when it failed and somebody may try again."""
        if step.key == "tidy":
            return True
        self._at.update(working=True, state="now", facts=[])
        self._keep()
        try:
            self._outage.do(step.key)
            if self._outage.shows_when_done(step.key):
                self._wait(lambda: self._outage.is_done(step.key), 30, f"'{step.title}'")
        except (Refused, TimeoutError, OSError) as problem:
            self._at["state"] = "now"
            self._failed(step, problem)
            return False
        return True

    def _is_done(self, step: Step) -> bool:
        try:
            return self._outage.is_done(step.key)
        except (Refused, TimeoutError, OSError) as problem:
            self._failed(step, problem)
            return False

    def _failed(self, step: Step, problem: Exception) -> None:
        """Say so once, and let somebody try again; when nobody watches, three failures end the drill."""
        self._failures += 1
        if self._at["state"] != "failed":
            log.warning("drill_step_failed", step=step.key, why=str(problem))
            self._say(f"It did not work: {problem}")
            self._at.update(working=False, state="failed")
            self._keep()
        if step.key == "open" or (self._order == "auto" and self._failures >= _TRIES):
            raise Broken(f"{step.title}: {problem}") from problem

    def _take_order(self) -> str:
        """What was asked for; `go` counts once, `auto` from now on."""
        order = self._order
        if order == "go":
            self._order = ""
        return order

    def _say(self, text: str, url: str = "") -> None:
        self._at.setdefault("facts", []).append({"text": text, "url": url})
        self._tell(f"          {text}")

    def _wait(self, done: Callable[[], bool], seconds: float, what: str) -> None:
        until = time.monotonic() + seconds
        while not done():
            if time.monotonic() > until:
                raise TimeoutError(f"waited {seconds:g} s for {what}.")
            self._pause(_LOOK_EVERY)

    def _pause(self, seconds: float) -> None:
        """Sleep, beat, and listen. Raises `Cancelled`."""
        until = time.monotonic() + seconds
        while True:
            if self._stopped or time.monotonic() - self._began > LONGEST.total_seconds():
                raise Cancelled
            if time.monotonic() - self._beat_at > _BEAT_EVERY:
                self._beat_at = time.monotonic()
                self._order = beat(DRILL, drill_id=self._id) or self._order
                if self._order == "stop":
                    raise Cancelled
            left = until - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, _LOOK_EVERY))

    def _keep(self) -> None:
        report(DRILL, drill_id=self._id, steps=self._steps, incident=self._outage.incident)
        mails = self._outage.mailbox.mails
        if len(mails) != self._mails_kept:
            self._mails_kept = len(mails)
            newest = [{"to": m.to, "subject": m.subject, "text": m.text[:_MAIL], "link": m.link} for m in mails[::-1]]
            note_made(DRILL, drill_id=self._id, mails=newest[:_MAILS])

    def _stop(self, *_signal: object) -> None:
        self._stopped = True

    def _finish(self, outcome: str) -> None:
        self._outage.close()
        for tries in range(_TRIES):
            try:
                self.left = end(DRILL, drill_id=self._id, outcome=outcome)
                return
            except Exception:
                log.exception("drill_not_tidied", drill=self._id, tries=tries)
                time.sleep(1)
