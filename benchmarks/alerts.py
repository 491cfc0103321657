"""Alerts as Prometheus sends them, ready to be posted to any Alertmanager. The same bytes go to every peer."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

PATH = "/api/v2/alerts"


def alert(name: str, number: int, *, severity: str = "warning") -> dict[str, object]:
    """One alert of an ordinary size: seven labels, two annotations; distinct for each number."""
    return {
        "labels": {
            "alertname": name,
            "cluster": "main",
            "instance": f"node-{number:06d}.example.org:9100",
            "job": "node",
            "namespace": f"team-{number % 20}",
            "severity": severity,
            "shelf": str(number),
        },
        "annotations": {
            "summary": f"Disk of node-{number:06d} fills within four hours",
            "description": "The free space falls faster than usual; look at what writes to it.",
        },
        "startsAt": datetime.now(UTC).isoformat(),
        "generatorURL": "http://prometheus.example.org/graph?g0.expr=predict_linear",
    }


def bodies(count: int, size: int, *, names: int = 20, severity: str = "warning", run: str = "") -> Iterator[bytes]:
    """`count` bodies of `size` alerts each, all alerts distinct, under `names` names of alerts."""
    for body in range(count):
        numbers = range(body * size, (body + 1) * size)
        yield json.dumps([alert(f"DiskFills{run}{n % names}", n, severity=severity) for n in numbers]).encode()
