"""Contact methods: added, changed, removed, and proved with a code that only their reader can know."""

import secrets
from collections.abc import Mapping
from hmac import compare_digest
from json import dumps, loads

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from tocsin.core.log import append
from tocsin.domain.delivery.access import person_key
from tocsin.domain.delivery.commands.owning import destination_of, require_for
from tocsin.domain.delivery.commands.sending import send
from tocsin.domain.delivery.events import (
    DestinationAdded,
    DestinationChanged,
    DestinationRemoved,
    DestinationVerified,
)
from tocsin.domain.delivery.limits import CODE_LASTS, CODE_TRIES, VERIFICATION, check_rate
from tocsin.domain.delivery.models import Destination
from tocsin.domain.delivery.permissions import MANAGE
from tocsin.domain.delivery.ports import Cleaned, Message, transport
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid
from tocsin.kernel.ids import new_id
from tocsin.kernel.subject import Subject

_LABEL_LENGTH = 80


def add_destination(
    actor: Actor,
    *,
    kind: str,
    address: str,
    person_id: str = "",
    label: str = "",
    config: Mapping[str, str] | None = None,
    vouched: bool = False,
    audience: str = "",
) -> str:
    """Add a contact method of a person ('' for the organisation's); its id. It is unproved until `verify`.

    `vouched`: an administrator answers for the address, no code is asked. Event destination_added.
    `audience`: the list of strangers that it is on; such a one shows in no list of contact methods.
    Raises `Denied`, `Invalid(kind, address or a field of the kind)`, `Conflict` when it is there already.
    """
    require_for(actor, person_id)
    if vouched:
        actor.require(MANAGE)
    cleaned = transport(kind).clean(address, dict(config or {}))
    owner = person_key(person_id)
    with transaction.atomic():
        position = 0 if audience else Destination.objects.filter(person_id=owner, audience="").count()
        row = Destination(
            person_id=owner,
            audience=audience,
            kind=kind,
            label=_label(label),
            position=position,
            created_at=now(),
            verified_at=now() if vouched else None,
        )
        _fill(row, cleaned)
        _save_unique(row)
        append(stream_of_destination(row), DestinationAdded(**about(row)), actor)
    return str(row.id)


def change_destination(
    actor: Actor,
    *,
    destination_id: str,
    address: str | None = None,
    label: str | None = None,
    config: Mapping[str, str] | None = None,
    enabled: bool | None = None,
    position: int | None = None,
) -> None:
    """Change what is given. A new address must be proved again; an empty value in `config` keeps what was there.

    Event destination_changed. Raises `Denied`, `NotFound`, `Invalid`, `Conflict`.
    """
    with transaction.atomic():
        row = destination_of(actor, destination_id)
        changed = _apply_address(row, address, config)
        if label is not None and _label(label) != row.label:
            row.label = _label(label)
            changed.append("label")
        if enabled is not None and enabled != row.enabled:
            row.enabled, row.ended = enabled, ""
            changed.append("switched on" if enabled else "switched off")
        if position is not None and position != row.position:
            row.position = max(0, position)
            changed.append("order")
        if changed:
            _save_unique(row)
            append(stream_of_destination(row), DestinationChanged(**about(row), fields=changed), actor)


def _apply_address(row: Destination, address: str | None, config: Mapping[str, str] | None) -> list[str]:
    if address is None and config is None:
        return []
    kept = loads(row.config) | {name: value for name, value in (config or {}).items() if value}
    cleaned = transport(row.kind).clean(row.address if address is None else address, kept)
    changed = []
    if address_hash(row.kind, cleaned.address) != row.address_hash:
        row.verified_at = None
        row.code_hash = ""
        changed.append("address")
    if dict(cleaned.config) != loads(row.config):
        changed.append("settings")
    _fill(row, cleaned)
    return changed


def remove_destination(actor: Actor, *, destination_id: str) -> None:
    """Remove a contact method; what still waits to go there is suppressed with that reason. Event removed."""
    with transaction.atomic():
        row = destination_of(actor, destination_id)
        append(stream_of_destination(row), DestinationRemoved(**about(row)), actor)
        row.delete()


def request_verification(actor: Actor, *, destination_id: str) -> str:
    """Send a six-digit code to the contact method; the id of its delivery. An earlier code is void.

    Valid for 10 minutes and 5 tries. Raises `Denied`, `NotFound`, `Conflict` (more than 5 codes in an hour).
    """
    row = destination_of(actor, destination_id)
    check_rate(row.id, VERIFICATION)
    code = f"{secrets.randbelow(1_000_000):06d}"
    message = Message(
        title=f"{code} is your Tocsin code",
        text=f"Type the code {code} in Tocsin to confirm this contact method.\n"
        "It works for 10 minutes. If you did not ask for it, ignore this message.",
        reference="Code",
        code=code,
    )
    subject = Subject("destination", str(row.id), "Contact method", "Contact method", "")
    with transaction.atomic():
        Destination.objects.filter(id=row.id).update(
            code_hash=_code_hash(row, code), code_expires_at=now() + CODE_LASTS, code_tries=0
        )
        key = f"{VERIFICATION}:{new_id()}"
        return send(actor, destination_id=str(row.id), message=message, subject=subject, purpose=VERIFICATION, key=key)


def verify(actor: Actor, *, destination_id: str, code: str) -> None:
    """Prove the contact method with the code that was sent there. Single use. Event destination_verified.

    A wrong code counts even though it raises `Invalid(code)`; do not call this inside a transaction.
    Raises `Conflict` when the code ran out or was tried 5 times.
    """
    row = destination_of(actor, destination_id)
    counted = Destination.objects.filter(id=row.id, code_expires_at__gt=now(), code_tries__lt=CODE_TRIES).exclude(
        code_hash=""
    )
    if not counted.update(code_tries=F("code_tries") + 1):
        raise Conflict("This code no longer works; ask for a new one.")
    typed = "".join(c for c in code if c.isdigit())
    if not compare_digest(_code_hash(row, typed), row.code_hash):
        raise Invalid("code: this is not the code that was sent; look again, or ask for a new one.", field="code")
    with transaction.atomic():
        used = Destination.objects.filter(id=row.id, code_hash=row.code_hash)
        if not used.update(verified_at=now(), code_hash="", code_expires_at=None):
            raise Conflict("This code no longer works; ask for a new one.")
        append(stream_of_destination(row), DestinationVerified(**about(row)), actor)


def _fill(row: Destination, cleaned: Cleaned) -> None:
    row.address = cleaned.address
    row.address_hash = address_hash(row.kind, cleaned.address)
    row.address_hint = cleaned.hint[:160]
    row.config = dumps(dict(cleaned.config))


def _save_unique(row: Destination) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Conflict(
            "address: this is a contact method already; open it there to prove or change it.", field="address"
        ) from error


def _label(text: str) -> str:
    if len(text) > _LABEL_LENGTH:
        raise Invalid(f"label: at most {_LABEL_LENGTH} characters.", field="label")
    return " ".join(text.split())


def address_hash(kind: str, address: str) -> str:
    """By what an address is found, which stands sealed."""
    return salted_hmac(f"delivery.address.{kind}", address, algorithm="sha256").hexdigest()


def _code_hash(row: Destination, code: str) -> str:
    return salted_hmac(f"delivery.code.{row.id}", code, algorithm="sha256").hexdigest()


def stream_of_destination(row: Destination) -> str:
    """The stream of a contact method."""
    return f"destination:{row.id}"


def about(row: Destination) -> dict[str, str]:
    """What each of its events says of a contact method."""
    return {
        "destination": str(row.id),
        "person": str(row.person_id or ""),
        "kind": row.kind,
        "hint": row.address_hint,
    }
