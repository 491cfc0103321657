"""What happens at each step of the outage drill, done as the practice people would: by commands and by the page's link.

`do_<step>` does it, `is_done` says whether it is done already, by whomever. Facts are the proof shown under the step.
"""

import http.client
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from tocsin.cli.drill import outside
from tocsin.cli.drill.mailbox import Mail, Mailbox
from tocsin.cli.drill.prometheus import Watcher
from tocsin.cli.drill.shop import Shop
from tocsin.cli.drill.stage import SERVICE, Practice, Stage, Wait, set_up
from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.drill.commands import DRILL, note_made
from tocsin.domain.incidents import commands as incidents
from tocsin.domain.incidents.queries import IncidentView, hub, incident, open_incidents
from tocsin.domain.incidents.rules.severity import Answer, Fact
from tocsin.domain.knowledge import commands as knowledge
from tocsin.domain.knowledge.queries import document, pdf, report_of
from tocsin.domain.monitoring.queries import CheckView, check
from tocsin.domain.oncall.queries import PageView, paging
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict

_CHECK_FAILS_WITHIN = timedelta(seconds=20)
"""The check needs two bad answers, five seconds apart; an incident that is there already waits for it so long."""
_PUBLIC = "This is a drill. Orders cannot be placed; we are looking for the cause."
Say = Callable[..., None]
"""`say(text, url)`: a fact about the step under way."""


class Outage:
    """One play of the outage drill."""

    def __init__(self, drill_id: str, say: Say, wait: Wait) -> None:
        self._id, self._say, self._wait = drill_id, say, wait
        self.shop, self.mailbox = Shop(), Mailbox()
        self.incident = ""
        self._stage: Stage | None = None
        self._watcher: Watcher | None = None
        self._broke_at = now()
        self._confirmed = 0
        self._on_page = False
        self.paper = b""
        """The report as PDF, once it is made."""

    def close(self) -> None:
        """Stop what runs beside Tocsin: shop, customers, mailbox."""
        if self._watcher is not None:
            self._watcher.stop()
        self.shop.close()
        self.mailbox.close()

    def is_done(self, key: str) -> bool:
        """True when the step needs no doing any more: somebody did it on the real screen."""
        ask = getattr(self, f"_{key}_is_done", None)
        return ask is not None and bool(ask())

    def shows_when_done(self, key: str) -> bool:
        """True when `is_done` can tell for this step."""
        return hasattr(self, f"_{key}_is_done")

    def do(self, key: str) -> None:
        """Do the step. Raises `Refused` or `TimeoutError`."""
        getattr(self, f"do_{key}")()

    # The steps, in their order.

    def do_open(self) -> None:
        """Shop, mailbox, and what Tocsin must know of them."""
        self.mailbox.open()
        self.shop.open()
        note_made(
            DRILL,
            drill_id=self._id,
            shop_port=self.shop.port,
            shop_url=self.shop.url,
            folder=self.shop.folder,
            processes=self.shop.processes,
        )
        self._say(f"The shop answers at {self.shop.url}", self.shop.url)
        self._stage = set_up(self._id, self.shop.url, self.mailbox, self._wait)
        self._on_page = outside.put_on_page(self._id, self._stage.service, SERVICE)
        self._watcher = Watcher(self._stage.door, self.shop.url, lambda: self.shop.sales.lost_in_a_row)
        self._watcher.start()
        self._say(f"{', '.join(p.name for p in self._stage.people)}: practice people, each proved their mailbox")
        self._wait(lambda: self.shop.sales.taken > 3, 10, "the first orders")
        self._say(f"{self.shop.orders()} orders so far, none lost")

    def do_break(self) -> None:
        """The database dies, for real."""
        self._confirmed = self.shop.orders()
        pid = self.shop.kill_database()
        self._broke_at = now()
        self._say(f"Process {pid}, the database, was killed; /health answers 503", self.shop.url)
        self._say(f"{self._confirmed} orders were confirmed before")

    def do_detect(self) -> None:
        """Wait until the signals have become an incident."""
        self._wait(self._find_incident, 60, "an incident")
        self._wait(lambda: self._check().state == "failing", 30, "the check to fail")

    def _detect_is_done(self) -> bool:
        if not self._find_incident():
            return False
        check, waited = self._check(), now() - self._broke_at
        if check.state != "failing" and waited < _CHECK_FAILS_WITHIN:
            return False
        view = self._view()
        first, both = self._after(view.alarm_at), self._after(now())
        self._say(f"{view.reference}: {view.title}, {view.severity.capitalize()}", view.url)
        self._say(f"First signal {first} after the kill, both after {both}")
        for reason in view.reasons:
            self._say(f"Because: {reason.sentence}", _url("classification"))
        self._say(f"The check is {check.state}: {check.answer}", _url("check", check.id))
        return True

    def do_page(self) -> None:
        """Wait for the mail."""
        self._wait(lambda: self._page_for(0) is not None, 60, "the page's mail")

    def _page_is_done(self) -> bool:
        mail = self._page_for(0)
        if mail is None:
            return False
        self._say(f"Mail to {mail.to}: {mail.subject}, {self._after(mail.at)} after the kill")
        self._say("The link in it, for anybody who holds it", mail.link)
        return True

    def do_acknowledge(self) -> None:
        """Open the link of the mail and press its button."""
        mail = self._page_for(0)
        if mail is None:
            raise TimeoutError("There is no mail with a link.")
        press(mail.link)

    def _acknowledge_is_done(self) -> bool:
        view = self._view()
        if view.acknowledged_at is None:
            return False
        names = [page.person for page in self._pages() if page.acknowledged_at]
        took = (view.acknowledged_at - view.alarm_at).total_seconds()
        self._say(f"Acknowledged by {', '.join(names) or 'someone'}, {took:.0f} s after the alarm", view.url)
        return True

    def do_assess(self) -> None:
        """Answer the three questions."""
        answers = (
            Answer(Fact.USERS, ("all",), "every practice customer gets 503"),
            Answer(Fact.OPERATIONS, ("stopped",), "no order can be placed"),
            Answer(Fact.DATA, ("intact",), "confirmed orders are on disk"),
        )
        incidents.assess(self._actor(0), incident=self.incident, answers=answers)

    def _assess_is_done(self) -> bool:
        view = self._view()
        if view.severity_source == "alert" or not view.answers:
            return False
        self._say(f"{view.severity.capitalize()}, by the impact matrix version {view.matrix_version}", view.url)
        for reason in view.reasons:
            self._say(reason.sentence)
        return True

    def do_team(self) -> None:
        """Call the other practice people; they press their links."""
        others = [person.id for person in self._people()[1:]]
        incidents.activate_response_team(
            self._actor(0), incident=self.incident, people=others, message="The shop's database is gone."
        )
        self._wait(lambda: all(self._page_for(n) for n in (1, 2)), 30, "the mails to the team")

    def _team_is_done(self) -> bool:
        if self._view().team_activated_at is None:
            return False
        self._answer_calls()
        for page in self._pages():
            how = ", ".join(delivery.answer or delivery.state for delivery in page.deliveries)
            self._say(f"{page.person}: {how}, {page.state}", _url("team_notification_system", self._ref))
        return True

    def do_roles(self) -> None:
        """Who leads, who repairs, who talks."""
        held = {role.role for role in self._view().roles if role.accepted}
        for role, number in (("commander", 0), ("operations", 1), ("communications", 2)):
            if role in held:
                continue
            person = self._people()[number]
            incidents.assign_role(self._actor(0), incident=self.incident, role=role, person=person.id)

    def _roles_is_done(self) -> bool:
        self._accept_offers()
        held = [role for role in self._view().roles if role.accepted]
        if not {"commander", "operations", "communications"} <= {role.role for role in held}:
            return False
        for role in held:
            self._say(f"{role.words}: {role.person.name}", _url("role_assignment_matrix", self._ref))
        return True

    def do_tell(self) -> None:
        """One text inside, one outside."""
        incidents.send_status_update(
            self._actor(2),
            incident=self.incident,
            internal="The shop's database process is gone; Tomo starts it again. Confirmed orders are on disk.",
            public=_PUBLIC,
        )
        if self._on_page:
            self._wait(lambda: outside.shows(_PUBLIC), 20, "the status page")

    def _tell_is_done(self) -> bool:
        view = self._view()
        if view.internal_update_at is None or view.public_update_at is None:
            return False
        self._say("Both texts are in the timeline", view.url)
        if self._on_page:
            self._say("The status page says it to strangers", outside.PAGE)
        else:
            self._say("Your status page is in use, so it says nothing of the drill")
        return True

    def do_fix(self) -> None:
        """Start the database again."""
        sales = self.shop.sales
        self.shop.restart_database()
        note_made(DRILL, drill_id=self._id, processes=self.shop.processes)
        with suppress(Conflict):  # somebody did so by hand
            incidents.mitigate(self._actor(1), incident=self.incident, note="The database runs again.")
        kept = self.shop.orders()
        word = "none of the confirmed ones lost" if kept >= self._confirmed else "some are missing"
        self._say(f"/health answers 200 again; {kept} orders on disk, {word}", self.shop.url)
        self._say(f"{sales.lost} orders were turned away meanwhile")

    def do_validate(self) -> None:
        """Ask the signals, once they have had time to speak."""
        self._wait(lambda: self._check().state == "ok", 40, "the check to be green")
        self._wait(lambda: self._view().alerts_quiet, 40, "the alerts to be quiet")
        found = incidents.validate_fix(self._actor(1), incident_id=self.incident)
        if not found.passed:
            raise TimeoutError("; ".join(fact for gate in found.gates for fact in gate.facts if gate.state != "passed"))

    def _validate_is_done(self) -> bool:
        found = hub(DRILL, self.incident).validation
        if found is None or not found.stands:
            return False
        for gate in found.gates:
            proof = f"{gate.label}: {gate.state}. {' '.join(gate.facts)}"
            self._say(proof, _url("resolution_implementation", self._ref))
        return True

    def do_resolve(self) -> None:
        """Over, with its cause."""
        incidents.resolve(
            self._actor(0),
            incident=self.incident,
            note="The shop takes orders again.",
            root_cause="The database process was killed; nothing started it again by itself.",
        )

    def _resolve_is_done(self) -> bool:
        view = self._view()
        if view.resolved_at is None:
            return False
        self._say(f"Resolved {(view.resolved_at - view.alarm_at).total_seconds():.0f} s after the alarm", view.url)
        return True

    def do_report(self) -> None:
        """The report, and its PDF."""
        knowledge.generate_report(self._actor(0), incident=self.incident)
        self._wait(lambda: pdf(DRILL, self.incident).state in ("ready", "failed"), 60, "the PDF")

    def _report_is_done(self) -> bool:
        found = report_of(DRILL, self.incident)
        made = pdf(DRILL, self.incident) if found else None
        if made is None or made.state not in ("ready", "failed"):
            return False
        if made.state == "failed":
            raise TimeoutError(f"The PDF cannot be made: {made.error}")
        self.paper = document(DRILL, self.incident, "pdf")
        size = f"{len(self.paper) / 1024:.0f} KB"
        self._say(f"{made.pages} pages as PDF, {size}, {made.standard}", _url("incident_report", self._ref))
        return True

    # What practice people do of their own accord when somebody else leads.

    def _accept_offers(self) -> None:
        ours = {person.id: number for number, person in enumerate(self._people())}
        for offer in hub(DRILL, self.incident).offers:
            if offer.person.id in ours:
                incidents.accept_role(self._actor(ours[offer.person.id]), incident=self.incident, role=offer.role)

    def _answer_calls(self) -> None:
        for page in self._pages():
            number = next((n for n, person in enumerate(self._people()) if person.id == page.person_id), None)
            mail = self._page_for(number) if number is not None and not page.acknowledged_at else None
            if mail is not None:
                press(mail.link)

    # What the steps ask.

    @property
    def _ref(self) -> str:
        return self._view().reference

    def _after(self, at: datetime) -> str:
        return f"{max((at - self._broke_at).total_seconds(), 0.0):.1f} s"

    def _check(self) -> CheckView:
        assert self._stage is not None
        return check(DRILL, self._stage.check)

    def _people(self) -> tuple[Practice, ...]:
        assert self._stage is not None
        return self._stage.people

    def _actor(self, number: int) -> Actor:
        return actor_of(self._people()[number].id)

    def _view(self) -> IncidentView:
        return incident(DRILL, self.incident)

    def _pages(self) -> tuple[PageView, ...]:
        return paging(DRILL, f"incident:{self.incident}").pages

    def _find_incident(self) -> bool:
        if not self.incident:
            service = self._stage.service if self._stage else ""
            rows = [row for row in open_incidents(DRILL) if service in {ref.id for ref in row.services}]
            self.incident = rows[0].id if rows else ""
            if self.incident:
                incidents.mark_practice(DRILL, incident=self.incident)
        return bool(self.incident)

    def _page_for(self, number: int) -> Mail | None:
        email = self._people()[number].email
        return self.mailbox.find(lambda mail: mail.to == email and bool(mail.link))


def press(link: str) -> None:
    """What a person does with a page's link: open it, read, press Acknowledge. Raises `TimeoutError` when refused."""
    parts = urlsplit(link)
    for method, body in (("GET", None), ("POST", b"do=acknowledge")):
        connection = http.client.HTTPConnection(parts.hostname or "localhost", parts.port or 80, timeout=10)
        if parts.scheme == "https":
            connection = http.client.HTTPSConnection(parts.hostname or "localhost", parts.port or 443, timeout=10)
        try:
            connection.request(
                method, parts.path, body, {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
            )
            status = connection.getresponse().status
        finally:
            connection.close()
        if status not in (200, 302):
            raise TimeoutError(f"{method} of the page's link was answered with {status}.")


def _url(name: str, *given: str) -> str:
    """A screen by the name of its address; the page of the drill turns it into a link, if there is such a screen."""
    return "/".join((f"screen:{name}", *given))
