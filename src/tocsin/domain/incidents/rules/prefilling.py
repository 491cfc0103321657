"""First answers to the three questions of an assessment, from what the data show. Pure.

Every answer says what it rests on. Never answers a question that no data speak to, and in doubt takes the higher.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.domain.incidents.rules.severity import CHOICES, Fact
from tocsin.domain.incidents.rules.states import Kind
from tocsin.domain.oncall.rules.urgency import Severity, highest

_DATA_WORDS = frozenset(
    {
        "backup",
        "checksum",
        "corrupt",
        "corrupted",
        "corruption",
        "leak",
        "lost",
        "raid",
        "replica",
        "replication",
        "restore",
        "wal",
    }
)
"""Words in an alert that speak of data: a guess on the safe side, and shown as one."""


@dataclass(frozen=True, slots=True)
class SeenAlert:
    """An alert group of the incident, as it last spoke. `over`: every alert of it is resolved."""

    title: str
    severity: Severity
    over: bool = False


@dataclass(frozen=True, slots=True)
class SeenService:
    """A service: affected itself, or (`through` names the affected one) because it needs one that is."""

    name: str
    tier: int
    through: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that the data say of an incident."""

    kind: Kind
    alerts: tuple[SeenAlert, ...] = ()
    services: tuple[SeenService, ...] = ()
    visible_to_users: bool = False
    told: tuple["Prefilled", ...] = ()
    """What other rooms say, such as of customers and tickets."""


@dataclass(frozen=True, slots=True)
class Prefilled:
    """A proposed answer: the choice, why, and the data it comes from."""

    fact: Fact
    choice: str
    because: str
    source: str


def prefill(seen: Seen) -> tuple[Prefilled, ...]:
    """Proposed answers, in the order of the questions; none where no data speak. Of several the worst counts."""
    own = (_users(seen), _operations(seen), _data(seen))
    said = [each for each in (*seen.told, *own) if each is not None]
    found = [[each for each in said if each.fact is fact] for fact in Fact]
    return tuple(_worst_of(answers) for answers in found if answers)


def _worst_of(answers: Sequence[Prefilled]) -> Prefilled:
    """The worst answer; what the others rest on is said as well."""
    worst = max(answers, key=lambda each: CHOICES[each.fact].index(each.choice))
    others = [f"{each.source}: {each.because}" for each in answers if each is not worst]
    because = "; ".join([worst.because, *others])
    return Prefilled(worst.fact, worst.choice, because, worst.source)


def _users(seen: Seen) -> Prefilled | None:
    reached = _most_important(seen.services)
    if seen.visible_to_users or seen.kind is Kind.USER_IMPACT:
        because = "users notice it, says the incident" if seen.visible_to_users else "its kind is user impact"
        choice = "all" if reached and reached.tier == 1 and _worst(seen) is Severity.CRITICAL else "many"
        return Prefilled(Fact.USERS, choice, because, "incident")
    if reached is None:
        return None
    source = "dependency graph" if reached.through else "catalogue"
    if _worst(seen) is None or reached.tier > 2:
        choice = "few" if reached.tier <= 3 else "none"
        return Prefilled(Fact.USERS, choice, f"{_said(reached)}", source)
    loud = _worst(seen) in (Severity.CRITICAL, Severity.UNKNOWN, Severity.HIGH)
    choice = "many" if reached.tier == 1 or loud else "few"
    return Prefilled(Fact.USERS, choice, _said(reached), source)


def _operations(seen: Seen) -> Prefilled | None:
    own = _most_important([service for service in seen.services if not service.through])
    if own is None:
        return None
    worst = _worst(seen)
    if worst is None:
        choice, because = "degraded", f"{_said(own)}; no alert says how badly"
    elif worst is Severity.CRITICAL and own.tier <= 1:
        choice, because = "stopped", f"a Critical alert on {own.name}, tier {own.tier}"
    elif worst in (Severity.CRITICAL, Severity.HIGH, Severity.UNKNOWN) or own.tier <= 1:
        choice, because = "degraded", f"a {worst.word} alert on {own.name}, tier {own.tier}"
    else:
        choice, because = "normal", f"no more than a {worst.word} alert on {own.name}, tier {own.tier}"
    return Prefilled(Fact.OPERATIONS, choice, because, "alerts and catalogue" if worst else "catalogue")


def _data(seen: Seen) -> Prefilled | None:
    if seen.kind is Kind.SECURITY:
        because = "its kind is security: exposed until the contrary is shown"
        return Prefilled(Fact.DATA, "at_risk", because, "incident")
    for alert in seen.alerts:
        words = {word.strip(".,:;()[]'\"").casefold() for word in alert.title.split()}
        if words & _DATA_WORDS:
            return Prefilled(Fact.DATA, "at_risk", f"'{alert.title}' speaks of data", "alerts")
    if seen.alerts:
        return Prefilled(Fact.DATA, "intact", "no alert of it speaks of data", "alerts")
    return None


def _worst(seen: Seen) -> Severity | None:
    said = [alert.severity for alert in seen.alerts if not alert.over] or [alert.severity for alert in seen.alerts]
    return highest(said) if said else None


def _most_important(services: Sequence[SeenService]) -> SeenService | None:
    return min(services, key=lambda service: (service.tier, bool(service.through)), default=None)


def _said(service: SeenService) -> str:
    if service.through:
        return f"{service.name}, tier {service.tier}, needs {service.through}"
    return f"{service.name} is tier {service.tier}"


def news(
    before: dict[str, object],
    *,
    groups: dict[str, str],
    services: dict[str, str],
    worst: Severity | None,
    told: Sequence[Prefilled] = (),
) -> tuple[str, ...]:
    """What the data say that they did not say at the last assessment. `groups`, `services`: names by id."""
    known_groups, known_services = _listed(before, "groups"), _listed(before, "services")
    said = str(before.get("worst") or "")
    found = [f"Alert group '{title}' joined." for id_, title in groups.items() if id_ not in known_groups]
    found += [f"{name} is affected too." for id_, name in services.items() if id_ not in known_services]
    if worst is not None and (not said or worst.rank > Severity(said).rank):
        found.append(f"An alert says {worst.word}{f', before: {Severity(said).word}' if said else ''}.")
    known = _listed(before, "told")
    found += [
        f"{each.source[:1].upper()}{each.source[1:]}: {each.because}." for each in told if spoken(each) not in known
    ]
    gone = known_services - set(services)
    if gone:
        found.append(f"{len(gone)} {'service is' if len(gone) == 1 else 'services are'} no longer affected.")
    return tuple(found)


def spoken(told: Prefilled) -> str:
    """What a source said, as the row keeps it, without figures that change by themselves."""
    return f"{told.source}: {told.fact} {told.choice}"


def _listed(before: dict[str, object], key: str) -> set[str]:
    held = before.get(key)
    return {str(id_) for id_ in held} if isinstance(held, list) else set()
