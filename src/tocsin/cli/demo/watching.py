"""Checks of Harbour Market: answers of the last two hours, then paused. They never go out and never raise an alarm."""

from datetime import timedelta

from tocsin.domain.catalog import queries as catalog
from tocsin.domain.monitoring import commands as monitoring
from tocsin.domain.monitoring import queries
from tocsin.domain.monitoring.ports import Finding
from tocsin.kernel.actor import system
from tocsin.kernel.clock import now, telling_of

SHOP, DATABASE, BACKUP = "Front page of the shop", "pg-main takes connections", "Nightly backup of pg-main"
CHECKS = (SHOP, DATABASE, BACKUP)

_DEMO = system("demo")
_STEP = timedelta(minutes=20)
_SHOP_MS = (119, 104, 122, 244, 0, 126)
_DATABASE_MS = (4, 5, 4, 19, 23, 5)


def watch() -> None:
    """Two checks with answers, and a heartbeat that waits for its first call."""
    services = {s.slug: s.id for s in catalog.services(_DEMO)}
    began = now() - _STEP * len(_SHOP_MS)
    with telling_of(began):
        shop = monitoring.add_check(
            _DEMO, name=SHOP, target="https://shop.harbour-market.example/", service_id=services["checkout"]
        )
        database = monitoring.add_check(
            _DEMO,
            name=DATABASE,
            kind="tcp",
            target="pg-main.harbour-market.example:5432",
            service_id=services["pg-main"],
        )
        monitoring.add_check(
            _DEMO, name=BACKUP, kind="heartbeat", interval=timedelta(days=1), service_id=services["pg-main"]
        )
    # One bad answer: two in a row would be an alarm.
    _answered(shop, _SHOP_MS, "200 OK", "503 Service Unavailable")
    _answered(database, _DATABASE_MS, "Open", "")


def _answered(check: str, latencies: tuple[int, ...], good: str, bad: str) -> None:
    at = now() - _STEP * len(latencies)
    for number, took in enumerate(latencies, start=1):
        with telling_of(at + _STEP * number):
            finding = Finding(bool(took), f"{good} in {took} ms" if took else bad, took or 43)
            monitoring.record(_DEMO, check_id=check, version=0, finding=finding)
    monitoring.pause_check(_DEMO, check_id=check)


def stop_watching() -> None:
    """Remove the checks of the demo that are still there."""
    for check in queries.checks(_DEMO):
        if check.name in CHECKS:
            monitoring.remove_check(_DEMO, check_id=check.id)
