"""WSGI wiring: the pages and the public page, for `tocsin web` with several workers behind a balancer.

Hides nothing but Django's start. Never answers alert intake or live streams: those are `tocsin ingest`.
"""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

from tocsin.cli.logs import configure_logs

configure_logs("web")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tocsin.project.settings")
_pages = get_wsgi_application()

# Rooms can be imported only once Django is ready, which the call above made it.
from tocsin.project import public_page  # noqa: E402
from tocsin.project.own_health import HEALTH  # noqa: E402

public_page.start_for_workers()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django's pages, the public page, and `/healthz` for the balancer."""
    if environ.get("PATH_INFO") == HEALTH:
        start_response("200 OK", [("content-type", "text/plain; charset=utf-8"), ("content-length", "3")])
        return [b"ok\n"]
    if public_page.handles(environ.get("PATH_INFO", "")):
        return public_page.wsgi(environ, start_response)
    return _pages(environ, start_response)
