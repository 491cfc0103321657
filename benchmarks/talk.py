"""Prepares an incident that many people follow, and talks in it once a second. Prints what the reader needs as JSON.

Run as a program, because Django reads its settings once: `python -m benchmarks.talk prepare 200` prints the incident's
id and as many sessions; `python -m benchmarks.talk talk ID 30 1` writes for thirty seconds, once a second.
"""

import json
import sys
import time
from datetime import timedelta

import django

django.setup()

from importlib import import_module  # noqa: E402

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model  # noqa: E402

from tocsin.cli.house import operator  # noqa: E402
from tocsin.core.log import read_stream  # noqa: E402
from tocsin.domain.accounts import commands as accounts  # noqa: E402
from tocsin.domain.incidents import commands as incidents  # noqa: E402
from tocsin.domain.incidents import queries  # noqa: E402
from tocsin.domain.incidents.events import Noted  # noqa: E402


def prepare(people: int) -> None:
    """One incident, and a session for each of the people."""
    actor = operator()
    incident = incidents.declare(actor, title="Checkout fails", kind="disruption", severity="low", page=False)
    sessions = [_session(actor, number) for number in range(people)]
    reference = queries.row(actor, incident).reference
    sys.stdout.write(json.dumps({"incident": incident, "reference": reference, "sessions": sessions}) + "\n")


def log(incident: str) -> None:
    """What the notes of the log say, in its order."""
    notes: list[str] = []
    after = 0
    while page := read_stream(f"incident:{incident}", after=after):
        notes += [entry.event.body() for entry in page if isinstance(entry.event, Noted)]
        after = page[-1].seq
    sys.stdout.write(json.dumps({"notes": notes}) + "\n")


def _session(actor: object, number: int) -> str:
    id_ = accounts.add_person(actor, email=f"p{number}@example.org", name=f"Person {number}", roles=["responder"])  # type: ignore[arg-type]
    user = get_user_model().objects.get(id=id_)
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return str(store.session_key)


def talk(incident: str, seconds: float, per_second: float) -> None:
    """Each note is the moment before it was written, on the clock that all processes of a machine share. Prints how
    many seconds each took to be written, the commit to the disk included. A first one is not counted: it loads what a
    server that writes has long loaded (0.7 s).
    """
    actor = operator()
    incidents.write(actor, incident=incident, text="First words.")
    took = {}
    begin = time.monotonic()
    for number in range(int(seconds * per_second)):
        due = begin + number / per_second
        time.sleep(max(0.0, due - time.monotonic()))
        at = time.monotonic()
        incidents.write(actor, incident=incident, text=f"at {at:.6f}")
        took[f"{at:.6f}"] = time.monotonic() - at
    time.sleep(timedelta(seconds=1).total_seconds())
    sys.stdout.write(json.dumps({"written": took}) + "\n")


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        prepare(int(sys.argv[2]))
    elif sys.argv[1] == "log":
        log(sys.argv[2])
    else:
        talk(sys.argv[2], float(sys.argv[3]), float(sys.argv[4]))
