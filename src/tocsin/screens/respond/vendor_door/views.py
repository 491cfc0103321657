"""Hands what a vendor posts to its door, raw. Hides HTTP; believes nothing, the door verifies.

Open to strangers on purpose, and without the cross-site token: vendors have neither. The store being unwell is
answered with 503, so that whoever can tries again.
"""

import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from tocsin.domain.delivery.doors import Knock, doors
from tocsin.kernel.errors import Refused
from tocsin.ui.access import ScreenRequest, public

log = structlog.get_logger()
MOST_BYTES = 1024 * 1024


@csrf_exempt
@public
@never_cache
@require_POST
def door(request: ScreenRequest, vendor: str, rest: str) -> HttpResponse:
    """What the vendor's door answers."""
    found = doors().get(vendor)
    if found is None:
        return _plain("Nobody is expected here.", 404)
    try:
        body = request.body
    except RequestDataTooBig:
        body = b" " * (MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return _plain("This is too long.", 413)
    headers = {name.lower(): value for name, value in request.headers.items()}
    knock = Knock(rest, f"{settings.PUBLIC_URL}{request.get_full_path()}", body, headers)
    try:
        back = found.hear(knock)
    except Refused as refused:
        if refused.status in (401, 403):
            log.warning("door_refused", vendor=vendor, path=rest[:80], why=refused.sentence)
        return _plain(refused.sentence, refused.status)
    except DatabaseError:
        log.exception("door_store_unwell", vendor=vendor)
        answer = _plain("The store is not well; try again.", 503)
        answer["Retry-After"] = "10"
        return answer
    return HttpResponse(back.body, status=back.status, content_type=back.content_type)


def _plain(sentence: str, status: int) -> HttpResponse:
    return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
