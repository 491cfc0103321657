"""A request sent twice is done once: `Idempotency-Key` on any POST, kept for 24 hours.

Hides the row that is claimed first and answered last. The work and its answer are committed together, so that a
process that dies between them has done nothing.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from tocsin.api.models import KEPT, Remembered
from tocsin.api.problems import problem
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now

LEASE = timedelta(minutes=2)
_HEADER = "Idempotency-Key"
# Answers that say nothing about the request itself: the same request may fare better later.
_PASSING = frozenset({401, 403, 408, 409, 412, 429})


class _Undo(Exception):
    """Carries an answer out of a transaction that must leave nothing behind."""

    def __init__(self, answer: HttpResponseBase) -> None:
        super().__init__()
        self.answer = answer


def once(request: HttpRequest, actor: Actor, do: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Do the request, or give the answer that it had before. Without a key: just do it."""
    key = request.headers.get(_HEADER, "")
    if not key:
        return do()
    if len(key) > 255 or not key.isprintable():
        return problem(422, f"{_HEADER}: use up to 255 printable characters, such as a UUID.", field=_HEADER)
    asked = hashlib.sha256("\n".join((request.method or "", request.get_full_path())).encode() + request.body)
    row, refusal = _claim(actor.id, key, asked.hexdigest())
    if refusal is not None:
        return refusal
    assert row is not None
    if row.status:
        return _again(row)
    try:
        with transaction.atomic():
            answer = do()
            if answer.status_code >= 500 or answer.status_code in _PASSING:
                raise _Undo(answer)
            _keep(row, answer)
            return answer
    except _Undo as undone:
        Remembered.objects.filter(id=row.id, status=0).delete()
        return undone.answer
    except BaseException:
        Remembered.objects.filter(id=row.id, status=0).delete()
        raise


def _claim(actor: str, key: str, asked: str) -> tuple[Remembered | None, HttpResponse | None]:
    moment = now()
    Remembered.objects.filter(actor=actor, key=key, created_at__lt=moment - KEPT).delete()
    try:
        with transaction.atomic():
            fresh = Remembered.objects.create(
                actor=actor, key=key, request_hash=asked, created_at=moment, lease_until=moment + LEASE
            )
        return fresh, None
    except IntegrityError:
        row = Remembered.objects.filter(actor=actor, key=key).first()
    if row is not None and row.request_hash != asked:
        said = f"{_HEADER}: this key was used for another request; use a new key for each request."
        return None, problem(422, said, field=_HEADER)
    if row is not None and row.status:
        return row, None
    # Being worked on, unless whoever worked on it died.
    free = Q(lease_until__lt=moment)
    if row is not None and Remembered.objects.filter(free, id=row.id, status=0).update(lease_until=moment + LEASE):
        return row, None
    said = f"{_HEADER}: the same request is being worked on; ask again in a moment."
    return None, problem(409, said, field=_HEADER, headers={"Retry-After": "1"})


def _keep(row: Remembered, answer: HttpResponseBase) -> None:
    assert isinstance(answer, HttpResponse)
    Remembered.objects.filter(id=row.id).update(
        status=answer.status_code,
        body=answer.content.decode(),
        content_type=answer.headers.get("Content-Type", "application/json"),
    )


def _again(row: Remembered) -> HttpResponse:
    answer = HttpResponse(row.body, status=row.status, content_type=row.content_type)
    answer["Idempotency-Replayed"] = "true"
    return answer
