"""Each minute the heads of all changed streams are signed, together with the signature of the checkpoint before.

A copy goes to `<home>/checkpoints.jsonl` and to `TOCSIN_CHECKPOINT_COPY`, a file that should live on another
machine: whoever cuts the tail of the log in the database cannot cut it there.
"""

import json
import os
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from tocsin.core.engine.registry import periodic
from tocsin.core.events.models import Checkpoint, Stream
from tocsin.core.secrets.keyring import keyring
from tocsin.kernel.chain import checkpoint_body
from tocsin.kernel.clock import now

LOCAL_COPY = "checkpoints.jsonl"


@periodic("events.checkpoint", every=timedelta(minutes=1))
def checkpoint() -> Checkpoint | None:
    """Sign what changed since the last checkpoint; None when nothing did. Copies it outside after the commit."""
    with transaction.atomic():
        previous = Checkpoint.objects.select_for_update().order_by("-number").first()
        changed = list(Stream.objects.filter(head_seq__gt=F("checkpointed_seq")).order_by("key"))
        if not changed:
            return None
        row = _signed(previous, changed)
        row.save(force_insert=True)
        table = connection.ops.quote_name(Stream._meta.db_table)
        with connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE {table} SET checkpointed_seq = %s WHERE key = %s AND checkpointed_seq < %s",  # noqa: S608
                [(s.head_seq, s.key, s.head_seq) for s in changed],
            )
    for target in copies():
        _copy(row, target)
    return row


def _signed(previous: Checkpoint | None, changed: list[Stream]) -> Checkpoint:
    ring = keyring()
    number = previous.number + 1 if previous else 1
    at = now()
    body = checkpoint_body(
        number,
        at.isoformat(timespec="microseconds"),
        previous.signature if previous else "",
        {s.key: (s.head_seq, s.head_hash) for s in changed},
    )
    signature = ring.signing.sign(body.encode()).hex()
    return Checkpoint(number=number, at=at, body=body, key=ring.signing_name, signature=signature)


def copies() -> list[Path]:
    """Files that receive a copy of each checkpoint."""
    outside = [Path(settings.CHECKPOINT_COPY)] if settings.CHECKPOINT_COPY else []
    return [Path(settings.HOME) / LOCAL_COPY, *outside]


def as_line(row: Checkpoint) -> str:
    """One checkpoint as a line of an export."""
    return json.dumps({"kind": "checkpoint", "body": row.body, "key": row.key, "signature": row.signature})


def _copy(row: Checkpoint, target: Path) -> None:
    with target.open("a", encoding="utf-8") as out:
        out.write(as_line(row) + "\n")
        out.flush()
        os.fsync(out.fileno())
