"""Keeps what the demo tells inside the house: no chat is opened for it, no webhook of one's own hears of it, and
nobody is written to because its people cannot be reached."""

import time
from collections.abc import Iterable
from typing import Any

import yaml

from tocsin.cli.demo.alarms import NOTE, NOTE_NAME
from tocsin.cli.demo.leaving import demo_incidents
from tocsin.cli.demo.loading import DEMO, DOMAIN, text
from tocsin.domain.accounts.queries import people, person_by_email
from tocsin.domain.alerts.queries import groups_noted, integrations
from tocsin.domain.delivery.ports import register_keeping
from tocsin.domain.oncall.queries import policies, schedules

REASON = "It is part of the demo organisation, which never sends anything."
_ONE_OF_THEM = f"amina.diallo{DOMAIN}"
_ASK_AGAIN = 60.0
"""Seconds: what belongs to the demo was loaded at once; only its removal changes it."""
_SUBJECTS = ("incident:", "alert_group:", "person:", "schedule:", "policy:", "integration:")
_known: tuple[float, frozenset[str]] | None = None


def present() -> bool:
    """Whether the demo is in the house. One query."""
    found = person_by_email(_ONE_OF_THEM)
    return found is not None and found.active


def kept_in_house(stream: str) -> str:
    """The reason to keep an event of the demo from everything outside; '' for all else. No query most of the time."""
    global _known
    if not stream.startswith(_SUBJECTS):
        return ""
    if _known is None or time.monotonic() - _known[0] > _ASK_AGAIN:
        _known = (time.monotonic(), _streams() if present() else frozenset())
    return REASON if stream in _known[1] else ""


def forget() -> None:
    """Look again at the next question: the demo came or went in this process."""
    global _known
    _known = None


def _streams() -> frozenset[str]:
    groups = groups_noted(DEMO, name=NOTE_NAME, value=NOTE)
    return frozenset(
        [
            *(f"alert_group:{id_}" for id_ in groups),
            *(f"incident:{id_}" for id_ in demo_incidents()),
            *(f"person:{p.id}" for p in people(DEMO) if p.email.endswith(DOMAIN)),
            *_paging(),
        ]
    )


def _paging() -> Iterable[str]:
    """Schedules, policies and sources by the names of the demo's file. A policy that somebody made their own, by
    having it page for a service that is not the demo's, is real."""
    file: dict[str, Any] = yaml.safe_load(text())
    named = {part: {entry["name"] for entry in file[part]} for part in ("schedules", "policies", "integrations")}
    services = {entry["name"] for entry in file["services"]}
    yield from (f"schedule:{s.id}" for s in schedules(DEMO) if s.name in named["schedules"])
    for policy in policies(DEMO):
        if policy.name in named["policies"] and services.issuperset(policy.services):
            yield f"policy:{policy.id}"
    yield from (f"integration:{i.id}" for i in integrations(DEMO) if i.name in named["integrations"])


def keep_in_house() -> None:
    """Once, where a process that sends begins."""
    register_keeping(kept_in_house)
