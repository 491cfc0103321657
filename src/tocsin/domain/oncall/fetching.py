"""Reads one calendar address: through the one safe way out, with a conditional request, and caps on size and time."""

from tocsin.core.outgoing import AddressRefused, Answer, OutgoingError, request
from tocsin.core.work import Done
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.oncall.commands import absences
from tocsin.domain.oncall.models import AbsenceFeed
from tocsin.domain.oncall.rules.absences import absences_in
from tocsin.domain.oncall.schedule_snapshots import READER
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid
from tocsin.kernel.ids import id_of

TIMEOUT = 20.0


def fetch(feed_id: str) -> Done:
    """Ask the calendar and have what it says recorded. A failure is recorded too, and tried again when it is due."""
    row = AbsenceFeed.objects.filter(id=id_of(feed_id)).first()
    if row is None:
        return Done()
    headers = {"Accept": "text/calendar"}
    if row.etag:
        headers["If-None-Match"] = row.etag
    if row.last_modified:
        headers["If-Modified-Since"] = row.last_modified
    try:
        answer = request("GET", row.address, headers=headers, timeout=TIMEOUT, max_bytes=absences.MAX_BYTES)
    except (AddressRefused, OutgoingError) as error:
        problem = str(error)
        return Done(record=lambda: absences.failed(feed_id, problem))
    if answer.status == 304:
        return Done(record=lambda: absences.unchanged(feed_id))
    if not answer.ok:
        return Done(record=lambda: absences.failed(feed_id, f"{row.hint} answered {answer.words}."))
    if answer.truncated:
        size = absences.MAX_BYTES // 1024**2
        return Done(record=lambda: absences.failed(feed_id, f"The calendar is larger than {size} MB."))
    return _read(row, answer)


def _read(row: AbsenceFeed, answer: Answer) -> Done:
    """What the calendar says, worked out before any transaction begins: a large one takes seconds."""
    feed_id, at = str(row.id), now()
    (person,) = accounts.people(READER, [str(row.person_id)])
    try:
        zone = absences.zone_of_person(person)
        found = absences_in(answer.content, zone, row.words, at - absences.BACK, at + absences.AHEAD)
    except Invalid as refused:
        problem = refused.sentence.removeprefix("calendar: ")
        return Done(record=lambda: absences.failed(feed_id, problem[:1].upper() + problem[1:]))
    etag, modified = answer.headers.get("etag", ""), answer.headers.get("last-modified", "")
    return Done(record=lambda: absences.take_in(feed_id, found, etag, modified))
