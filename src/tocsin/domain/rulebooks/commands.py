"""The only writer of editions: a draft is saved, discarded or published. What is published stays as it is."""

from django.db import IntegrityError, transaction

from tocsin.core.log import append
from tocsin.domain.rulebooks.events import DraftDiscarded, Drafted, Published
from tocsin.domain.rulebooks.models import Edition
from tocsin.domain.rulebooks.permissions import PUBLISH
from tocsin.domain.rulebooks.ports import Book, Content, book_of
from tocsin.domain.rulebooks.queries import BUILT_IN, in_force
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid

LONGEST_NOTE = 2000


def save_draft(actor: Actor, *, book: str, content: Content, version: int | None = None) -> int:
    """Keep the next edition in the making; returns its version. Event `rulebooks.drafted` when it is begun.

    Raises `Invalid` for content that makes no sense, `Conflict` when someone else saved since `version` was read.
    """
    actor.require(PUBLISH)
    about = book_of(book)
    about.check(content)
    with transaction.atomic():
        row = Edition.objects.select_for_update().filter(book=book, number=None).first()
        if row is None:
            _begin(actor, about, content)
            return 1
        _same(row, version)
        if row.content != content:
            row.content, row.author, row.changed_at = content, actor.name, now()
            row.version += 1
            row.save(update_fields=["content", "author", "changed_at", "version"])
        return row.version


def _begin(actor: Actor, about: Book, content: Content) -> None:
    try:
        with transaction.atomic():
            Edition.objects.create(
                book=about.slug,
                content=content,
                based_on=in_force(actor, about.slug).number,
                author=actor.name,
                changed_at=now(),
            )
    except IntegrityError as error:
        raise Conflict("Someone else began a draft in the meantime; look at it first.", field="version") from error
    append(f"rulebook:{about.slug}", Drafted(book=about.slug, title=about.title), actor)


def discard_draft(actor: Actor, *, book: str, version: int | None = None) -> None:
    """Throw the draft away. Event `rulebooks.draft_discarded`; none when there is no draft."""
    actor.require(PUBLISH)
    about = book_of(book)
    with transaction.atomic():
        row = Edition.objects.select_for_update().filter(book=book, number=None).first()
        if row is None:
            return
        _same(row, version)
        row.delete()
        append(f"rulebook:{book}", DraftDiscarded(book=book, title=about.title), actor)


def publish(actor: Actor, *, book: str, version: int | None = None, note: str = "") -> int:
    """Put the draft into force; returns the edition's number. Event `rulebooks.published`.

    What was begun under an older edition keeps it. Raises `Conflict` without a draft (someone may have published it),
    when it was changed since `version` was read, or when a newer edition is in force than it was made from.
    """
    actor.require(PUBLISH)
    about = book_of(book)
    said = note.replace("\0", "").strip()
    if len(said) > LONGEST_NOTE:
        raise Invalid(f"note: at most {LONGEST_NOTE} characters.", field="note")
    with transaction.atomic():
        row = Edition.objects.select_for_update().filter(book=book, number=None).first()
        if row is None:
            raise Conflict(f"There is no draft of {about.title}; someone else may have published it.", field="version")
        _same(row, version)
        about.check(row.content)
        before = in_force(actor, book)
        if before.number != row.based_on:
            raise Conflict(
                f"Edition {before.number} was published since this draft was begun from {row.based_on}; "
                "discard the draft and begin again.",
                field="version",
            )
        changes = about.differences(before.content, row.content)
        if not changes:
            raise Invalid("content: nothing differs from the edition in force.", field="content")
        row.number, row.note, row.published_at, row.author = max(before.number, BUILT_IN) + 1, said, now(), actor.name
        row.save(update_fields=["number", "note", "published_at", "author"])
        told = Published(
            author=actor.person or actor.id,
            book=book,
            title=about.title,
            edition=row.number,
            changes=tuple(changes[:100]),
            note=said,
        )
        append(f"rulebook:{book}", told, actor)
    return row.number


def put_into_force(actor: Actor, *, book: str, content: Content, note: str = "") -> int:
    """Publish this content at once, over any draft; the number, also when it is in force already."""
    actor.require(PUBLISH)
    with transaction.atomic():
        standing = in_force(actor, book)
        book_of(book).check(content)
        if not book_of(book).differences(standing.content, content):
            return standing.number
        discard_draft(actor, book=book)
        save_draft(actor, book=book, content=content)
        return publish(actor, book=book, note=note)


def _same(row: Edition, version: int | None) -> None:
    if version is not None and version != row.version:
        raise Conflict(
            f"{row.author} changed the draft in the meantime; look at it again, then repeat what you still want.",
            field="version",
        )
