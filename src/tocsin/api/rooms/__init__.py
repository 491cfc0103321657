"""The operations, one module per room. Each parses, calls one command or query, and answers what that returned."""

from importlib import import_module

from tocsin.api.offering import Offer

_ROOMS = (
    "incidents",
    "incident_moves",
    "incident_people",
    "legal_clocks",
    "rulebooks",
    "triage",
    "incident_links",
    "alerts",
    "connections",
    "on_call",
    "duty",
    "paging_rules",
    "paging",
    "reachability",
    "services",
    "people",
    "deliveries",
    "checks",
    "quieting",
    "reports",
    "status_page",
    "insights",
    "log",
    "webhooks",
)


def offers() -> list[tuple[str, Offer]]:
    """Every room's operations."""
    modules = [import_module(f"{__name__}.{name}") for name in _ROOMS]
    return [(module.offer.tag, module.offer) for module in modules]
