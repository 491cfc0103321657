"""Files of an incident: the list, and where the bytes of one are, for those who may see the incident."""

from pathlib import Path

from tocsin.domain.incidents import files
from tocsin.domain.incidents.models import Attachment
from tocsin.domain.incidents.proven import people_of
from tocsin.domain.incidents.queries.single import Ref, load
from tocsin.domain.incidents.views import AttachmentView
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import NotFound
from tocsin.kernel.ids import id_of


def attachments(actor: Actor, ref_or_id: Ref) -> list[AttachmentView]:
    """Files of the incident, newest first. Four queries."""
    row = load(actor, ref_or_id)
    found = list(Attachment.objects.filter(incident=row, removed_at=None).order_by("-at", "-id"))
    people = people_of(each.author_id for each in found)
    return [
        AttachmentView(
            str(each.id), each.name, each.size, each.media_type, each.sha256, people.get(str(each.author_id)), each.at
        )
        for each in found
    ]


def attachment(actor: Actor, ref_or_id: Ref, attachment_id: str) -> tuple[str, Path]:
    """Name and place of one file. Raises `NotFound`, also for who may not see the incident."""
    row = load(actor, ref_or_id)
    found = Attachment.objects.filter(id=id_of(attachment_id), incident=row, removed_at=None).first()
    if found is None:
        raise NotFound("There is no such file in this incident.", field="attachment")
    return found.name, files.path_of(row.id, found.id)
