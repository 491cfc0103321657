"""The script of a drill: its steps in order, what each shows and what each needs. Pure; touches nothing.

Texts are read beside the real screens, so each says what happens there and why, in two or three sentences.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

PRACTICE_DOMAIN = "@drill.invalid"
"""Mail domain of practice people: reserved by RFC 2606, so that nothing can ever arrive there."""
MAILBOX = "drill"
"""Kind of contact method that reaches the mailbox of a running drill and nothing else."""
LOST_AFTER = timedelta(seconds=40)
"""Without a beat for so long the player is dead, and whoever notices tidies up."""
LONGEST = timedelta(hours=1)
"""A drill that nobody carries on ends by itself."""
ORDERS = frozenset({"go", "auto", "stop"})


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `button` does it for the person; `by_hand` says how to do it on the real screen instead."""

    key: str
    title: str
    text: str
    button: str
    by_hand: str = ""


OUTAGE: tuple[Step, ...] = (
    Step(
        "open",
        "A shop opens on this machine",
        "A small shop with a page, an order form and an SQLite database in a process of its own. Three "
        "practice people, a service, an escalation policy, a check every few seconds and a Prometheus-style "
        "source are set up for it. Practice customers buy something several times a second.",
        "Open the shop",
    ),
    Step(
        "break",
        "Its database dies",
        "The database process is killed with SIGKILL, as the kernel does when memory runs out. From now on "
        "the shop answers 503 and loses orders. Nothing is pretended: open the shop's page and try to buy "
        "something.",
        "Kill the database",
    ),
    Step(
        "detect",
        "Tocsin notices",
        "Two signals come in: the HTTP check fails, and an alert arrives at the same address that a real "
        "Prometheus would post to. Both are grouped into one proposed incident that lists its reasons.",
        "Wait for the signals",
        "The Incident Classification Panel shows the proposal, its severity and why.",
    ),
    Step(
        "page",
        "A person is paged",
        "Critical wakes people at once; nobody has to confirm anything first. The mail left over SMTP and "
        "lies in the practice mailbox beside, with a link that works without signing in.",
        "Wait for the mail",
    ),
    Step(
        "acknowledge",
        "Acknowledged through the link",
        "The link shows one big button, and only pressing it counts: mail scanners that fetch links "
        "acknowledge nothing. From then on nobody else is called.",
        "Press the button",
        "Open the link in the mail and press Acknowledge.",
    ),
    Step(
        "assess",
        "How bad is it?",
        "The Impact Assessment Tool asks three questions (users, business, data), fills in what the signals "
        "tell, and shows the cell of the matrix that decides. The deadlines follow from the answer.",
        "Assess Severity",
        "Answer in the Impact Assessment Tool.",
    ),
    Step(
        "team",
        "The team is called",
        "'Activate Response Team' pages the other practice people and shows for each by which channel they "
        "were reached and what the provider answered.",
        "Activate Response Team",
        "Press Activate Response Team in the incident's bar. Choose practice people only; others are never called.",
    ),
    Step(
        "roles",
        "Everybody gets a role",
        "One leads, one works on the shop, one talks to the outside. The Role Assignment Matrix shows who "
        "holds what, and what is still uncovered.",
        "Assign the roles",
        "Assign roles in the Role Assignment Matrix.",
    ),
    Step(
        "tell",
        "Inside and outside are told",
        "'Send Status Update' has two texts, one for the house and one for the public, never copied into "
        "each other. The public one goes to the status page, unless yours is in use.",
        "Send Status Update",
        "Press Send Status Update in the incident's bar.",
    ),
    Step(
        "fix",
        "The fix",
        "The database process is started again and recovers its file. The shop sells again; every order it "
        "ever confirmed is still there.",
        "Restart the shop's database",
    ),
    Step(
        "validate",
        "Is it really fixed?",
        "'Validate Fix' asks the signals, not the people: the alerts must be quiet (a silenced or stale one "
        "does not count) and the checks of the service green.",
        "Validate Fix",
        "Press Validate Fix in Resolution Implementation.",
    ),
    Step(
        "resolve",
        "Resolved",
        "With the validation passed, the incident is resolved, and the root cause written down for the report.",
        "Resolve the incident",
        "Resolve it from the incident's Act menu.",
    ),
    Step(
        "report",
        "The report writes itself",
        "'Generate Incident Report' puts timeline, impact, response times and proposals together from the "
        "log, and typesets a PDF. What people add by hand survives the next generation.",
        "Generate Incident Report",
        "Press Generate Incident Report in the Incident Documentation Portal.",
    ),
    Step(
        "tidy",
        "Everything goes",
        "Shop, mailbox, check, source, service, policy and component are removed, practice people can no "
        "longer sign in. The closed incident stays, marked as a drill: the log never forgets.",
        "Remove everything",
    ),
)
SCRIPTS: dict[str, tuple[Step, ...]] = {"outage": OUTAGE}


def is_lost(beat_at: datetime, now: datetime) -> bool:
    """True when the player of a drill must be dead."""
    return now - beat_at > LOST_AFTER
