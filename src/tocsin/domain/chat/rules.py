"""How an order typed in a chat is read, what a channel is called, and which words of the log are said there.

Pure. Knows neither vendors nor rows.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from tocsin.kernel.errors import Invalid

LONGEST_NAME = 80
"""Slack's own limit; no vendor of ours allows fewer."""
LONGEST_TEXT = 3000
_REFERENCE = re.compile(r"^INC-(\d{1,9})$", re.IGNORECASE)
_PERSON = re.compile(r"^<@([A-Za-z0-9_.-]{1,120})>$")
_SEVERITIES = ("critical", "high", "medium", "low")
_KINDS = {"security": "security", "disruption": "disruption", "impact": "user_impact"}


class Verb(StrEnum):
    """What can be ordered."""

    DECLARE = "declare"
    ACKNOWLEDGE = "ack"
    UPDATE = "update"
    ROLE = "role"
    NOTE = "note"
    DECIDE = "decide"
    TASK = "task"
    MITIGATE = "mitigate"
    RESOLVE = "resolve"
    STATUS = "status"
    LIST = "list"
    WHO = "who"
    CHANNEL = "channel"
    HELP = "help"


_SPELLINGS = {
    "new": Verb.DECLARE,
    "open": Verb.DECLARE,
    "acknowledge": Verb.ACKNOWLEDGE,
    "take": Verb.ACKNOWLEDGE,
    "assign": Verb.ROLE,
    "decision": Verb.DECIDE,
    "todo": Verb.TASK,
    "mitigated": Verb.MITIGATE,
    "resolved": Verb.RESOLVE,
    "incidents": Verb.LIST,
    "oncall": Verb.WHO,
    "on-call": Verb.WHO,
    "": Verb.HELP,
    **{verb.value: verb for verb in Verb},
}
HELP = """`declare [critical|high|medium|low] [security|impact] what is wrong`: declare an incident and page for it
`ack [INC-42]`: take it, paging stops
`update [INC-42] text`: send a status update to the people inside
`role [INC-42] commander @somebody`: give a role; `me` takes it yourself
`note`, `decide` or `task [INC-42] text`: write into its timeline
`mitigate [INC-42]`: the harm has stopped; `resolve [INC-42] what was done`: it is over
`status [INC-42]`: how it stands; `list`: what is open; `who`: who is on call
`channel INC-42`: make a channel for it
In the channel of an incident its reference can be left out, and what is written there stands in its timeline."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order as it was understood. `user` is a person of the chat, `me` who gave it; '' what was not said."""

    verb: Verb
    reference: str = ""
    text: str = ""
    severity: str = ""
    kind: str = ""
    role: str = ""
    user: str = ""


def read(text: str) -> Order:
    """The order that was typed. Raises `Invalid` with a sentence that shows how to type it."""
    words = text.split()
    first = words[0].lower() if words else ""
    verb = _SPELLINGS.get(first)
    if verb is None:
        raise Invalid(f"'{first[:40]}' is not known here; type help to see what is.")
    rest = words[1:]
    reference = ""
    if rest and _REFERENCE.match(rest[0]):
        reference, rest = rest[0].upper(), rest[1:]
    order = Order(verb, reference, _after(text, len(words) - len(rest)))
    match verb:
        case Verb.DECLARE:
            return _declare(order)
        case Verb.ROLE:
            return _role(order, rest)
        case Verb.CHANNEL if not reference:
            raise Invalid("Say which incident: channel INC-42.")
        case Verb.UPDATE | Verb.NOTE | Verb.DECIDE | Verb.TASK if not order.text:
            raise Invalid(f"Say what: {verb} INC-42 text. In the channel of an incident its reference can be left out.")
    return order


def _after(text: str, words: int) -> str:
    """What stands behind so many words, as it was typed, with its lines."""
    for _ in range(words):
        text = re.sub(r"^\s*\S+", "", text, count=1)
    return text.strip()


def _declare(order: Order) -> Order:
    text, severity, kind = order.text, "", ""
    while word := text.split(maxsplit=1)[0].lower() if text else "":
        if word in _SEVERITIES and not severity:
            severity = word
        elif word in _KINDS and not kind:
            kind = _KINDS[word]
        else:
            break
        text = _after(text, 1)
    if not text:
        raise Invalid("Say what is wrong: declare high The checkout is slow.")
    return Order(Verb.DECLARE, text=text, severity=severity or "unknown", kind=kind or "disruption")


def _role(order: Order, rest: list[str]) -> Order:
    if len(rest) < 2:
        raise Invalid("Say which role and who: role commander @somebody, or role scribe me.")
    found = _PERSON.match(rest[-1])
    if found is None and rest[-1].lower() != "me":
        raise Invalid("Say who as @somebody, so that there is no doubt; or me.")
    words = [word.lower() for word in rest[:-1] if word.lower() not in ("to", "lead", "incident")]
    if not words:
        raise Invalid("Say which role: commander, operations, communications, security, scribe or liaison.")
    return Order(Verb.ROLE, order.reference, role="-".join(words), user=found[1] if found else "me")


def channel_name(reference: str, title: str) -> str:
    """`inc-42-checkout-fails`: small letters, digits and hyphens, cut at a word."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    name = reference.lower()
    for word in re.findall(r"[a-z0-9]+", plain):
        if len(name) + 1 + len(word) > LONGEST_NAME // 2:
            break
        name += f"-{word}"
    return name


def cut(text: str, limit: int = LONGEST_TEXT) -> str:
    """At most so many characters, with a mark where something is missing."""
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


SILENT = frozenset(
    {
        "incidents.member_added",
        "incidents.member_removed",
        "oncall.escalated",
        "oncall.end_told",
        "chat.channel_opened",
        "chat.channel_closed",
        "chat.channel_failed",
    }
)
"""Types of event that are not told in a chat: they are of no use there, or say what everybody there sees."""
QUIET = ("oncall.", "alerts.", "incidents.deadline_", "incidents.alerts_", "incidents.group_")
"""Types of event (by their beginning) that a machine noticed: told small."""


def told(type_: str, audience: str) -> bool:
    """Whether an entry of the log is said in the chat: nothing that is for a narrower circle ever is."""
    return not audience and type_ not in SILENT


def quiet(type_: str) -> bool:
    """Whether it is said small."""
    return type_.startswith(QUIET)
