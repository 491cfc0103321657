"""The five steps from nothing to a first real page, each read from what exists. Nothing is remembered beside it."""

from dataclasses import dataclass

from tocsin.domain.alerts import queries as alerts
from tocsin.domain.alerts.permissions import CONNECT
from tocsin.domain.catalog import queries as catalog
from tocsin.domain.delivery import queries as delivery
from tocsin.domain.incidents import queries as incidents
from tocsin.domain.oncall import queries as oncall
from tocsin.kernel.actor import Actor
from tocsin.screens.admin.home.frame import address


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `state`: done, now, or empty for later. `posts`: the button acts at once instead of leading on."""

    title: str
    text: str
    button: str
    url: str
    state: str
    posts: bool = False


def steps(actor: Actor, services: list[catalog.ServiceView], *, tried: bool = False) -> list[Step]:
    """What an administrator does first, in order; empty for anybody else. A fixed number of queries.

    `services`: all there are. `tried`: True when there is an incident; otherwise it is asked.
    """
    if not actor.has(CONNECT) or not actor.person:
        return []
    methods = [d for d in delivery.destinations(actor, actor.person) if d.enabled and d.verified]
    sources = alerts.integrations(actor)
    covered = [view for view in oncall.service_policies(actor) if view.policy]
    seen = tried or any(incidents.counts(actor).values())
    plan = [
        (bool(methods), *_METHOD, address("contact_methods") or address("profile")),
        (bool(services), *_SERVICE, address("service_add")),
        (bool(sources), *_SOURCE, address("integration_add") or address("integrations")),
        (bool(covered), *((*_COVERED, "") if covered else _on_call(actor))),
        (seen, *_TEST, address("home_test_page")),
    ]
    first = next((n for n, step in enumerate(plan) if not step[0]), len(plan))
    return [
        Step(title, text, button if url else "", url, "done" if done else "now" if n == first else "", n == 4)
        for n, (done, title, text, button, url) in enumerate(plan)
    ]


def _on_call(actor: Actor) -> tuple[str, str, str, str]:
    """The next thing that is missing: a policy, or a service that is paged by one."""
    if not oncall.policies(actor):
        return (*_POLICY, address("policy_new"))
    return (*_COVER, address("on_call") and f"{address('on_call')}#services")


_METHOD = (
    "Your phone or mailbox",
    "A contact method that has proved it reaches you: nothing can page you before.",
    "Add a contact method",
)
_SERVICE = ("A first service", "What you run and want to be woken for: Checkout, the database.", "Add a service")
_SOURCE = (
    "Let an alert in",
    "Connect Prometheus, Grafana, Icinga or anything that can send a POST request.",
    "Connect a source",
)
_POLICY = (
    "Put someone on call",
    "An escalation policy says who is paged, and who next. You alone, for now, is fine.",
    "Add a policy",
)
_COVER = (
    "Put someone on call",
    "There is a policy, and no service that is paged by it yet: choose it for the service.",
    "Choose the policy",
)
_COVERED = ("Put someone on call", "A service is paged by a policy, which says who is called first, and who next.", "")
_TEST = (
    "Send a real test page",
    "A Critical alert by the source you connected: your phone rings, you acknowledge, and it ends by itself.",
    "Page me",
)
