"""WSGI wiring: the pages alone, for `tocsin web` with several workers behind a balancer.

Hides nothing but Django's start. Never answers alert intake or live streams: those are `tocsin ingest`.
"""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

from tocsin.cli.logs import configure_logs
from tocsin.project.own_health import HEALTH

configure_logs("web")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tocsin.project.settings")
_pages = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django's pages, and `/healthz` for the balancer."""
    if environ.get("PATH_INFO") == HEALTH:
        start_response("200 OK", [("content-type", "text/plain; charset=utf-8"), ("content-length", "3")])
        return [b"ok\n"]
    return _pages(environ, start_response)
