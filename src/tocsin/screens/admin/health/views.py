"""How Tocsin itself does: engines, workers, the queue, messages in the balance, the log, dead letters to retry."""

from datetime import timedelta

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from tocsin.core.alarms.standing import standing
from tocsin.core.engine.health import RETRY_DEAD, WorkerHealth, dead_letters, health, retry_dead_letter
from tocsin.core.events.read import latest_checkpoint
from tocsin.domain.alerts.queries import ingest_rate
from tocsin.domain.assurance.queries import books, pulse_standing
from tocsin.domain.delivery.queries import conservation
from tocsin.kernel.clock import now
from tocsin.ui.access import ScreenRequest
from tocsin.ui.tables import Column, Filter, Table, from_list
from tocsin.ui.templatetags.tocsin import state

LOOKS = {"failing": ("bad", "Failing"), "well": ("ok", "Well"), "new": ("wait", "Not run yet")}


def _state(worker: WorkerHealth) -> str:
    return "failing" if worker.failures else "well" if worker.finished_at else "new"


COLUMNS: list[Column[WorkerHealth]] = [
    Column("name", "Worker", lambda w: w.name, sort="name"),
    Column("shard", "Shard", lambda w: w.shard, sort="shard", number=True, narrow=False),
    Column("state", "State", lambda w: state(*LOOKS[_state(w)]), sort="state", plain=_state),
    Column("failures", "Failures in a row", lambda w: w.failures, sort="failures", number=True, narrow=False),
    Column("finished", "Last run", lambda w: w.finished_at, sort="finished", narrow=False),
    Column(
        "duration",
        "Took, ms",
        lambda w: w.duration_ms if w.finished_at else None,
        sort="duration",
        number=True,
        narrow=False,
    ),
    Column("error", "Last error", lambda w: w.last_error[:200], narrow=False),
]
TABLE: Table[WorkerHealth] = Table(
    "workers",
    "Workers",
    COLUMNS,
    filters=[Filter("state", "State", [(key, word) for key, (_, word) in LOOKS.items()])],
    sort="name",
    size=50,
)


@require_safe
def overview(request: ScreenRequest) -> HttpResponseBase:
    """The whole picture. A fixed number of queries."""
    intake = ingest_rate(request.actor)
    found = health()
    fetch = from_list(found.workers, COLUMNS)
    at = now()
    context = {
        "own": found,
        "alarms": standing(),
        "table": TABLE.page(request, fetch),
        "letters": dead_letters(50),
        "may_retry": request.actor.has(RETRY_DEAD),
        "intake": intake,
        "books": books(request.actor),
        "pulse": pulse_standing(request.actor),
        "day": conservation(at - timedelta(days=1)),
        "all": conservation(),
        "checkpoint": latest_checkpoint(),
        "breakers": [(e.name, lane, state) for e in found.engines for lane, state in e.breakers.items()],
        "at": at,
    }
    return TABLE.csv(request, fetch) or render(request, "health/health.html", context)


@require_POST
def retry(request: ScreenRequest, letter: int) -> HttpResponseBase:
    """Try again what was given up."""
    retry_dead_letter(request.actor, letter)
    messages.success(request, "It is tried again now.")
    return redirect("health")
