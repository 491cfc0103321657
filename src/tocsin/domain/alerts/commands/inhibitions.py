"""Inhibitions: while one alert fires, others that only follow from it page nobody."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from tocsin.core.log import append
from tocsin.core.work import enqueue
from tocsin.domain.alerts import events
from tocsin.domain.alerts.commands.placing import in_words, stored
from tocsin.domain.alerts.commands.silences import SWEEP, Sweep
from tocsin.domain.alerts.models import Inhibition, InhibitionSide
from tocsin.domain.alerts.permissions import ROUTE
from tocsin.domain.alerts.rules.routing import Matcher, parse_matchers
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid, NotFound


def save_inhibition(
    actor: Actor,
    *,
    name: str,
    source: str,
    target: str,
    equal: Sequence[str] = (),
    enabled: bool = True,
    inhibition_id: str | None = None,
) -> str:
    """Add an inhibition, or change one; returns its id. Event: InhibitionSaved. Raises `Invalid`, `NotFound`.

    While an alert that meets `source` fires, alerts that meet `target` and have the same values in the labels `equal`
    page nobody. Open alerts are looked at again at once.
    """
    actor.require(ROUTE)
    if not name.strip() or len(name) > 120:
        raise Invalid("name: write 1 to 120 characters.", field="name")
    causes, follows = _matchers(source, "source"), _matchers(target, "target")
    if all(matcher.matches({}) for matcher in causes):
        raise Invalid("source: at least one matcher must name something, or every alert is a cause.", field="source")
    if set(causes) == set(follows):
        raise Invalid(
            "target: it is the same as the source; an alert never inhibits its own kind, so nothing would happen.",
            field="target",
        )
    with transaction.atomic():
        row = _find(inhibition_id) if inhibition_id else Inhibition()
        row.name, row.enabled, row.author, row.updated_at = name.strip(), enabled, actor.name[:200], now()
        row.source, row.target = stored(causes), stored(follows)
        row.equal = sorted({label.strip() for label in equal if label.strip()})
        row.save()
        saved = events.InhibitionSaved(
            name=row.name, source=in_words(row.source), target=in_words(row.target), enabled=enabled
        )
        append(f"inhibition:{row.id}", saved, actor)
        _anew(row)
    return str(row.id)


def remove_inhibition(actor: Actor, *, inhibition_id: str) -> None:
    """Remove an inhibition: what it kept quiet and still fires is told. Event: InhibitionRemoved. Raises `NotFound`."""
    actor.require(ROUTE)
    with transaction.atomic():
        row = _find(inhibition_id)
        append(f"inhibition:{row.id}", events.InhibitionRemoved(name=row.name), actor)
        _anew(row)
        row.delete()


def _anew(row: Inhibition) -> None:
    InhibitionSide.objects.filter(inhibition=row).delete()
    enqueue(SWEEP, Sweep(), key=f"{row.id}:inhibition", due=now())


def _matchers(text: str, field: str) -> tuple[Matcher, ...]:
    try:
        parsed = parse_matchers(text)
    except Invalid as refused:
        raise Invalid(refused.sentence.replace("matchers:", f"{field}:", 1), field=field) from refused
    if not parsed:
        raise Invalid(f"{field}: write at least one matcher, such as severity=critical.", field=field)
    return parsed


def _find(inhibition_id: str) -> Inhibition:
    try:
        return Inhibition.objects.select_for_update().get(id=UUID(inhibition_id))
    except (ValueError, Inhibition.DoesNotExist) as error:
        raise NotFound("There is no such inhibition; it may have been removed.") from error
