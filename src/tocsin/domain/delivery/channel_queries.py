"""Reads of the organisation's accounts with vendors. Secrets never leave; what was sent through them does."""

from dataclasses import dataclass, replace
from datetime import datetime
from json import loads

from tocsin.domain.delivery.channels import Address, ChannelKind, channel_kinds, missing, of_environment
from tocsin.domain.delivery.doors import door_url
from tocsin.domain.delivery.models import Attempt, Channel
from tocsin.domain.delivery.permissions import CHANNELS
from tocsin.domain.delivery.ports import DeliveryView, FormField
from tocsin.domain.delivery.queries import deliveries
from tocsin.kernel.actor import Actor, system
from tocsin.kernel.errors import NotFound

_READER = system("delivery")


@dataclass(frozen=True, slots=True)
class ChannelView:
    """One channel. `config` has no secret; `kept` names the secrets that are set, `fixed` what the environment sets.

    `state`: off (not set up), new (nothing sent yet), ok, failing; `answer` and `at` are of the last attempt, `problem`
    says what is missing or what connecting came to. `addresses` are ours, to be entered at the vendor's.
    """

    name: str
    title: str
    about: str
    icon: str
    kinds: tuple[str, ...]
    fields: tuple[FormField, ...]
    config: dict[str, str]
    kept: frozenset[str]
    fixed: frozenset[str]
    state: str
    problem: str
    answer: str
    at: datetime | None
    addresses: tuple[tuple[str, str], ...]
    stored: bool


def channels(actor: Actor) -> list[ChannelView]:
    """All channels by title. Two queries. Raises `Denied`."""
    actor.require(CHANNELS)
    rows = {row.name: row for row in Channel.objects.all()}
    kinds = channel_kinds()
    last = _last_attempts([kind for each in kinds.values() for kind in each.kinds])
    views = [_view(kind, rows.get(name), last) for name, kind in kinds.items()]
    return sorted(views, key=lambda view: view.title.lower())


def channel(actor: Actor, name: str) -> ChannelView:
    """One channel. Raises `Denied`, `NotFound`."""
    found = next((view for view in channels(actor) if view.name == name), None)
    if found is None:
        raise NotFound("There is no such channel.")
    return found


def channel_tests(actor: Actor, name: str, limit: int = 10) -> list[DeliveryView]:
    """The tests that administrators sent through a channel, newest first."""
    actor.require(CHANNELS)
    return deliveries(_READER, subject=f"channel:{name}", limit=limit)


def _last_attempts(kinds: list[str]) -> dict[str, Attempt]:
    """The newest answered attempt of each kind. One query per two hundred attempts looked at: one."""
    recent = Attempt.objects.exclude(outcome="").filter(delivery__kind__in=kinds).select_related("delivery")
    found: dict[str, Attempt] = {}
    for row in recent.only("at", "outcome", "answer", "delivery__kind").order_by("-at")[:200]:
        found.setdefault(row.delivery.kind, row)
    return found


def _view(kind: ChannelKind, row: Channel | None, last: dict[str, Attempt]) -> ChannelView:
    fixed = of_environment(kind.name)
    config = {**(loads(row.config) if row else {}), **fixed}
    secret = {field.name for field in kind.fields if field.secret}
    lacking = missing(kind.name, config) if config or any(f.required for f in kind.fields) else ""
    newest = max((last[each] for each in kind.kinds if each in last), key=lambda one: one.at, default=None)
    view = ChannelView(
        name=kind.name,
        title=kind.title,
        about=kind.about,
        icon=kind.icon,
        kinds=kind.kinds,
        fields=kind.fields,
        config={key: value for key, value in config.items() if key not in secret},
        kept=frozenset(key for key in config if key in secret),
        fixed=frozenset(fixed),
        state="off" if lacking else "new",
        problem=lacking if config else "",
        answer=newest.answer if newest else "",
        at=newest.at if newest else None,
        addresses=tuple((each.label, _address(kind, each)) for each in kind.addresses),
        stored=row is not None,
    )
    if lacking:
        return view
    if row is not None and row.problem:
        return replace(view, state="failing", problem=row.problem)
    if newest is None:
        return view
    return replace(view, state="ok" if newest.outcome == "accepted" else "failing")


def _address(kind: ChannelKind, address: Address) -> str:
    return door_url(kind.name, address.path)
