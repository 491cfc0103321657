"""Tells people about alarms by the shortest way there is: a POST to `TOCSIN_ALARM_URL`, a mail to `TOCSIN_ALARM_MAIL`.

Hides which of the two worked; one is enough. Never uses the ledger of deliveries, never more than ten seconds each.
"""

from datetime import timedelta

import msgspec
import structlog
from django.conf import settings
from django.core.mail import send_mail

from tocsin.core.alarms.models import Alarm
from tocsin.core.outgoing import OutgoingError, request
from tocsin.kernel.clock import now

AGAIN_AFTER = timedelta(hours=6)
log = structlog.get_logger()


def tell() -> int:
    """Tell about alarms that began, that last, or that are over; how many. Those of nobody's interest are kept."""
    told = 0
    for alarm in Alarm.objects.order_by("since"):
        if alarm.cleared_at is not None:
            told += _say(alarm, "over") if alarm.told_at else 0
            alarm.delete()
        elif alarm.told_at is None or now() - alarm.told_at >= AGAIN_AFTER:
            told += _say(alarm, "begins" if alarm.told_at is None else "lasts")
    return told


def _say(alarm: Alarm, what: str) -> int:
    log.error("alarm_about_tocsin", alarm=alarm.name, what=what, sentence=alarm.sentence)
    problems = [problem for problem in (_post(alarm, what), _mail(alarm, what)) if problem is not None]
    reached = "" in problems
    if what != "over":
        problem = "" if reached else " ".join(problems) or _NOBODY
        Alarm.objects.filter(name=alarm.name).update(told_at=now() if reached else None, problem=problem[:300])
    return int(reached)


_NOBODY = "Nobody is told outside: set TOCSIN_ALARM_URL or TOCSIN_ALARM_MAIL."


def _post(alarm: Alarm, what: str) -> str | None:
    """Empty when it arrived, the reason when not, None without an address."""
    if not settings.ALARM_URL:
        return None
    body = {
        "alarm": alarm.name,
        "state": what,
        "text": alarm.sentence,
        "since": alarm.since,
        "url": settings.PUBLIC_URL,
    }
    headers = {"content-type": "application/json"}
    try:
        answer = request("POST", settings.ALARM_URL, headers=headers, content=msgspec.json.encode(body))
    except OutgoingError as error:
        return f"TOCSIN_ALARM_URL: {error}"
    return "" if answer.ok else f"TOCSIN_ALARM_URL answered {answer.words}."


def _mail(alarm: Alarm, what: str) -> str | None:
    if not settings.ALARM_MAIL:
        return None
    subject = f"Tocsin itself: {alarm.name.replace('_', ' ')} {'is well again' if what == 'over' else 'needs a look'}"
    text = f"{alarm.sentence}\n\nSince {alarm.since:%d %b %Y %H:%M} UTC. {settings.PUBLIC_URL}/health/\n"
    try:
        send_mail(subject, text, settings.MAIL_FROM, settings.ALARM_MAIL)
    except OSError as error:
        return f"TOCSIN_ALARM_MAIL: the mail server refused it ({type(error).__name__})."
    return ""
