"""Prepares a home of Tocsin with services, integrations and one person, and prints their keys as JSON.

Run as a program, because Django reads its settings once: `TOCSIN_HOME=... python -m benchmarks.house 5 http://...`
"""

import json
import sys

import django

django.setup()

from tocsin.cli.house import operator  # noqa: E402
from tocsin.domain.accounts import commands as accounts  # noqa: E402
from tocsin.domain.alerts import commands as alerts  # noqa: E402
from tocsin.domain.catalog import commands as catalog  # noqa: E402
from tocsin.domain.delivery import commands as delivery  # noqa: E402


def main(services: int, sink: str) -> None:
    """Add services with an integration each; pages for any of them go to `sink`, a webhook of the administrator."""
    actor = operator()
    person, _ = accounts.ensure_administrator(actor)
    if sink:
        delivery.add_destination(actor, kind="webhook", address=sink, person_id=person, vouched=True)
    keys = []
    for number in range(services):
        service = catalog.add_service(actor, name=f"Service {number}")
        made = alerts.add_integration(actor, kind="prometheus", name=f"Prometheus {number}", service=service)
        keys.append(made.key)
    sys.stdout.write(json.dumps(keys) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "")
