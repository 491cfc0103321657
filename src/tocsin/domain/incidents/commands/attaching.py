"""Files that people bring to an incident, and take away again."""

import unicodedata
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Sum

from tocsin.domain.incidents import files
from tocsin.domain.incidents.commands import calling
from tocsin.domain.incidents.commands.loading import locked, record, require_command
from tocsin.domain.incidents.events import FileAttached, FileRemoved
from tocsin.domain.incidents.models import Attachment, Incident
from tocsin.domain.incidents.naming import author
from tocsin.domain.incidents.permissions import WRITE
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import NotFound
from tocsin.kernel.ids import id_of, new_id, uuid_of


def attach_file(actor: Actor, *, incident: str, name: str, chunks: Iterable[bytes]) -> str:
    """Keep a file with the incident; returns its id. Event `incidents.file_attached` with its SHA-256.

    The type is what the bytes say. Raises `Invalid` over 25 MB, or 250 MB for all files of the incident.
    """
    actor.require(WRITE)
    id_ = new_id()
    with transaction.atomic():
        row = locked(actor, incident)
        held = Attachment.objects.filter(incident=row, removed_at=None).aggregate(all=Sum("size"))["all"] or 0
        size, digest, media_type = files.keep(row.id, id_, chunks, files.QUOTA - held)
        try:
            kept = Attachment.objects.create(
                id=id_,
                incident=row,
                name=clean_name(name),
                size=size,
                media_type=media_type,
                sha256=digest,
                author_id=actor.person or None,
                at=now(),
            )
            record(row, FileAttached(**_facts(actor, kept)), actor)
        except BaseException:
            files.drop(row.id, id_)
            raise
        calling.active(row)
    return str(id_)


def remove_file(actor: Actor, *, attachment: str) -> None:
    """Take a file away, for who brought it and who commands; its name and SHA-256 stay in the log.

    Event `incidents.file_removed`. Raises `NotFound`.
    """
    actor.require(WRITE)
    with transaction.atomic():
        found = Attachment.objects.filter(id=id_of(attachment), removed_at=None).first()
        if found is None:
            raise NotFound("There is no such file; somebody may have removed it.", field="attachment")
        row: Incident = locked(actor, str(found.incident_id))
        if not actor.person or found.author_id != uuid_of(actor.person):
            require_command(actor, row, "remove a file of another")
        found.removed_at = now()
        found.save(update_fields=["removed_at"])
        record(row, FileRemoved(**_facts(actor, found)), actor)
        transaction.on_commit(lambda: files.drop(row.id, found.id))


def clean_name(name: str) -> str:
    """What people see: without folders, control and bidi characters, at most 200 characters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip(" .")
    return kept[:200] or "file"


def _facts(actor: Actor, kept: Attachment) -> dict[str, Any]:
    return {
        "author": author(actor),
        "attachment": str(kept.id),
        "name": kept.name,
        "size": kept.size,
        "media_type": kept.media_type,
        "sha256": kept.sha256,
    }
