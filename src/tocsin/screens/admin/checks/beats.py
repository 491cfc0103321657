"""The door for heartbeats: a job elsewhere calls its address when it has run.

The one address where GET changes something, on purpose: cron lines call with `curl` and `wget`, the address is a
secret of its own, and a call too many does no harm. Says nothing about the check behind it.
"""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tocsin.domain.monitoring import commands
from tocsin.kernel.actor import system
from tocsin.kernel.errors import NotFound
from tocsin.ui.access import public


@public
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def beat(request: HttpRequest, token: str) -> HttpResponse:
    """200 once the call is kept, 404 for an address that is none."""
    try:
        commands.beat(system("monitoring.beats"), token=token)
    except NotFound as unknown:
        return HttpResponse(f"{unknown.sentence}\n", status=404, content_type="text/plain")
    return HttpResponse("OK\n", content_type="text/plain")
