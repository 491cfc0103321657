"""`/healthz` and `/metrics`: Tocsin's own pulse, cheap enough to be asked every second.

Hides who may read the metrics. Both answer while the database is in trouble: the metrics then say so.
"""

import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from prometheus_client import REGISTRY, Info
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from tocsin import __version__
from tocsin.project.home import setting
from tocsin.project.own_metrics import state

HEALTH = "/healthz"
METRICS = "/metrics"
_LOOPBACK = {"127.0.0.1", "::1"}
_FORWARDED = {b"x-forwarded-for", b"forwarded", b"x-real-ip"}
_TOKEN = setting("METRICS_TOKEN")
Info("tocsin", "The running version.").info({"version": __version__})

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


async def health(_scope: Scope, _receive: object, send: Send) -> None:
    """200 and `ok` while this process answers requests. It does not vouch for the database."""
    await _answer(send, 200, b"ok\n", "text/plain; charset=utf-8")


async def metrics(scope: Scope, _receive: object, send: Send) -> None:
    """Prometheus's text format, for whoever may read it; 403 with the mend for everybody else."""
    if may_read_metrics(scope):
        await state.refresh()
        await _answer(send, 200, generate_latest(REGISTRY), CONTENT_TYPE_LATEST)
        return
    mend = b"Metrics are for this machine only; set TOCSIN_METRICS_TOKEN and send it as a bearer token.\n"
    await _answer(send, 403, mend, "text/plain; charset=utf-8")


def may_read_metrics(scope: Scope) -> bool:
    """With TOCSIN_METRICS_TOKEN set, its bearer; without, programs on this machine, no proxy between."""
    headers: dict[bytes, bytes] = dict(scope["headers"])
    if _TOKEN:
        return hmac.compare_digest(headers.get(b"authorization", b""), f"Bearer {_TOKEN}".encode())
    client = scope.get("client") or ("", 0)
    return client[0] in _LOOPBACK and not (_FORWARDED & headers.keys())


async def _answer(send: Send, status: int, body: bytes, content_type: str) -> None:
    headers = [
        (b"content-type", content_type.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
