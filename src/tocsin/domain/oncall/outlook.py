"""What an escalation would do: now, at its next time, or when passed on. Asks the rules, writes nothing.

The same function decides and foretells, so that the page never promises what the engine does not do.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.oncall.models import Escalation
from tocsin.domain.oncall.ports import answer_times
from tocsin.domain.oncall.rules import escalation as rules
from tocsin.domain.oncall.rules.escalation import Clocks, Decision, Phase, Policy, State
from tocsin.domain.oncall.snapshots import Directory, call_of, clocks, directory, policy_snapshot

TEST_PAGE = "rules_test"
"""Kind of the subject of a page that somebody sends to themselves."""
TEST_LASTS = timedelta(minutes=65)
"""Longer than the last of one's own rules may wait."""


@dataclass(frozen=True, slots=True)
class Next:
    """Who is paged at `at` if nothing changes; `what` is a phrase for 'Goes on to …'."""

    at: datetime | None
    names: tuple[str, ...]
    what: str


def memory(row: Escalation) -> State:
    """What the rules remember of this escalation."""
    return State.from_json(row.memory)


def directory_of(row: Escalation) -> Directory:
    """Everyone this escalation can lead to. A personal call leads to that person only."""
    called, holder = str(row.called_id or ""), memory(row).holder if row.memory else ""
    also = (holder,) if holder else ()
    if called:
        test = TEST_LASTS if row.subject_kind == TEST_PAGE else None
        return directory(call_of(called, once_for=test), administrators=(), also=also)
    catch_all, administrators = accounts.last_resort()
    policy = policy_snapshot(row.policy, catch_all)
    return directory(policy, policy_id=str(row.policy_id or ""), administrators=administrators, also=also)


def due(row: Escalation, people: Directory, state: State, at: datetime) -> Decision:
    """What is due at `at`. Those who passed it on are left out, unless nobody else is left at all."""
    if state.holder:
        people.also = tuple({*people.also, state.holder})
    decision = _advance(row, people, state, at, frozenset(row.declined))
    if row.declined and decision.state.phase is Phase.CATCH_ALL and decision.state != state and not decision.pages:
        return _advance(row, people, state, at, frozenset())
    return decision


def clocks_of(row: Escalation, policy: Policy) -> Clocks:
    """The hours and acknowledge targets that count for this escalation."""
    within = answer_times(row.subject_kind, row.subject_id)
    return clocks([policy], services=row.service_ids, within=within)


def _advance(row: Escalation, people: Directory, state: State, at: datetime, without: frozenset[str]) -> Decision:
    admins = tuple(id_ for id_ in people.administrators if id_ not in without)
    found = people.people_at(at, without)
    return rules.advance(people.policy, state, at, found, admins, clocks_of(row, people.policy), people.turns)


def next_in_line(row: Escalation, at: datetime, *, without: str = "") -> Next:
    """Who is paged next: at the row's own time, or with `without` at once and without that person."""
    state = memory(row)
    if state.phase is Phase.STOPPED or row.next_at is None:
        return Next(None, (), "")
    people = directory_of(row)
    if state.phase is Phase.ACKNOWLEDGED:
        return Next(row.next_at, (row.acknowledged_name,), f"asks {row.acknowledged_name} again if nothing happens")
    when = at if without else max(row.next_at, at)
    state = rules.escalate(state, at) if without else state
    left_out = frozenset([*row.declined, without] if without else row.declined)
    decision = _advance(row, people, state, when, left_out)
    names = tuple(dict.fromkeys(people.names.get(out.person, "someone") for out in decision.pages))
    if row.called_id and decision.state.phase is Phase.CATCH_ALL:
        return Next(row.next_at, (), "ends the calls and says that there was no answer")
    if decision.state.phase is Phase.CATCH_ALL:
        return Next(row.next_at, names, "pages the catch-all people and administrators")
    return Next(row.next_at, names, f"goes on to {_listed(names)}")


def _listed(names: tuple[str, ...]) -> str:
    shown = names[:3]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{', '.join(shown)}{more}" if shown else "nobody"
