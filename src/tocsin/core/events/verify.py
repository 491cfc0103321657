"""Verifies the log in the database, against its own checkpoints and the copies outside; exports it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tocsin.core.events.append import as_hashed
from tocsin.core.events.checkpoints import as_line, copies
from tocsin.core.events.guard import missing_triggers
from tocsin.core.events.models import Checkpoint, Entry, Stream
from tocsin.core.secrets.keyring import keyring
from tocsin.kernel.chain import Fault, Head, Verifier

_CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Verdict:
    """Result of a verification. `whole` when there is no fault."""

    entries: int
    checkpoints: int
    faults: list[Fault]

    @property
    def whole(self) -> bool:
        """True when nothing is wrong."""
        return not self.faults


def verify_log(progress: Callable[[int], None] = lambda read: None) -> Verdict:
    """Read the whole log and every checkpoint (also those copied outside) and report every fault.

    `progress` is told every 2,000 entries how many were read.
    """
    verifier = Verifier(keyring().public_keys)
    for row in Entry.objects.order_by("stream", "seq").iterator(chunk_size=_CHUNK):
        verifier.entry({**as_hashed(row), "hash": row.hash})
        if verifier.entries % _CHUNK == 0:
            progress(verifier.entries)
    for key, seq, hash_ in Stream.objects.values_list("key", "head_seq", "head_hash").iterator():
        _check_head(verifier, key, (seq, hash_))
    rows = list(Checkpoint.objects.order_by("number"))
    for checkpoint in rows:
        verifier.checkpoint(checkpoint.body, checkpoint.signature, checkpoint.key)
    faults = [*verifier.faults, *_outside_faults({row.number: row.signature for row in rows})]
    faults += [
        Fault("", 0, f"the database no longer refuses changes: {name} is missing") for name in missing_triggers()
    ]
    return Verdict(verifier.entries, verifier.checkpoints, faults)


def verify_stream(stream: str) -> Verdict:
    """Verify the chain of one stream, its head, and the checkpoints that signed it, for the screen that shows it.

    Three queries. That no checkpoint is missing is for `verify_log`, which reads them all.
    """
    verifier = Verifier(keyring().public_keys)
    rows = Entry.objects.filter(stream=stream).order_by("seq")
    first = None
    for row in rows.iterator(chunk_size=_CHUNK):
        verifier.entry({**as_hashed(row), "hash": row.hash})
        first = first or row.recorded_at
    _check_head(verifier, stream, Stream.objects.filter(key=stream).values_list("head_seq", "head_hash").first())
    if first:
        signed = Checkpoint.objects.filter(at__gte=first, body__contains=json.dumps(stream)).order_by("number")
        for checkpoint in signed.iterator(chunk_size=_CHUNK):
            verifier.checkpoint_of(stream, checkpoint.body, checkpoint.signature, checkpoint.key)
    return Verdict(verifier.entries, verifier.checkpoints, verifier.faults)


def _check_head(verifier: Verifier, stream: str, said: tuple[int, str] | None) -> None:
    head, wanted = verifier.heads.get(stream, Head()), said or (0, Head().hash)
    if (head.seq, head.hash) != wanted:
        verifier.faults.append(Fault(stream, head.seq, f"the stream ends at {head.seq}, its head says {wanted[0]}"))


def _outside_faults(inside: dict[int, str]) -> list[Fault]:
    faults = []
    for file in copies():
        if not file.exists():
            continue
        for line in file.read_text(encoding="utf-8").splitlines():
            copy = json.loads(line)
            number = json.loads(copy["body"])["number"]
            if inside.get(number) != copy["signature"]:
                faults.append(Fault("", number, f"checkpoint {number} was copied to {file.name} but is not in the log"))
    return faults


def export_log(streams: list[str] | None = None) -> Iterator[str]:
    """The log as JSON lines that `tocsin log verify --file` checks without the database.

    With `streams`, only those; checkpoints are then left out, because they name other streams.
    """
    keys = {name: raw.hex() for name, raw in keyring().public_keys.items()}
    yield json.dumps({"kind": "header", "format": 1, "keys": keys, "streams": streams})
    rows = Entry.objects.order_by("stream", "seq")
    if streams is not None:
        rows = rows.filter(stream__in=streams)
    for row in rows.iterator(chunk_size=_CHUNK):
        yield json.dumps({"kind": "entry", **as_hashed(row), "hash": row.hash}, ensure_ascii=False)
    if streams is None:
        for checkpoint in Checkpoint.objects.order_by("number"):
            yield as_line(checkpoint)
