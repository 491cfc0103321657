"""Makes the files that are served, outside of any transaction, and puts what differs into the store in a short one."""

import gzip
import re
from collections.abc import Callable, Collection, Sequence
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.db.models import F

from tocsin.domain.statuspage import picturing
from tocsin.domain.statuspage.access import in_public
from tocsin.domain.statuspage.models import Asset, Page, Publication, PublicIncident
from tocsin.domain.statuspage.rendering.files import File, files
from tocsin.kernel.clock import now

_PAGE = re.compile(r"(?P<language>([a-z-]+/)?)incidents/(?P<code>[a-z0-9]{12})/index\.html")
_STYLE = re.compile(r"assets/status\.[0-9a-f]+\.css")
_PACKED = ("text/", "application/", "image/svg")


def base_url(page: Page) -> str:
    """The page's own address, without a slash at its end."""
    return page.url or f"{settings.PUBLIC_URL}/status"


def make() -> Callable[[], None]:
    """Make all files from what is true now; the function that writes what differs. Does nothing else by itself."""
    standing = Publication.objects.filter(single=True).first()
    wanted = standing.wanted if standing else 0
    page = Page.objects.first()
    known = {path: (etag, source) for path, etag, source in Asset.objects.values_list("path", "etag", "source")}
    if page is None or not page.published:
        return lambda: _write([], set(), wanted)
    sources = {path: source for path, (_, source) in known.items() if source}
    made, kept = files(picturing.picture(page, now()), url=base_url(page), known=sources)
    kept |= _older(known, page.languages)
    different = [
        asset for file in made if (asset := _asset(file)) and known.get(asset.path) != (asset.etag, asset.source)
    ]
    return lambda: _write(different, kept, wanted)


def _older(known: Collection[str], languages: Sequence[str]) -> set[str]:
    """Pages of incidents beyond the latest: not made again, but kept for who has the address, if still public, and with
    them the style sheets of earlier versions, which they name."""
    found = {path: match for path in known if (match := _PAGE.fullmatch(path))}
    codes = PublicIncident.objects.filter(code__in={match["code"] for match in found.values()})
    public = set(in_public(codes).values_list("code", flat=True))
    spoken = {"", *(f"{code}/" for code in languages[1:])}
    pages = {path for path, match in found.items() if match["code"] in public and match["language"] in spoken}
    return pages | {path for path in known if _STYLE.fullmatch(path)} if pages else set()


def _asset(file: File) -> Asset:
    packed = b""
    if file.content_type.startswith(_PACKED):
        # Without a time inside, so that the same text is always the same bytes.
        packed = gzip.compress(file.body, 9, mtime=0)
    return Asset(
        path=file.path,
        content_type=file.content_type,
        body=file.body,
        packed=packed if len(packed) < len(file.body) else b"",
        etag=sha256(file.content_type.encode() + b"\0" + file.body).hexdigest()[:32],
        source=file.source,
    )


def _write(different: list[Asset], kept: set[str], wanted: int) -> None:
    with transaction.atomic():
        Publication.objects.get_or_create(single=True)
        deleted, _ = Asset.objects.exclude(path__in=kept).delete()
        if different:
            Asset.objects.bulk_create(
                different,
                update_conflicts=True,
                unique_fields=["path"],
                update_fields=["content_type", "body", "packed", "etag", "source"],
            )
        version = F("version") + 1 if different or deleted else F("version")
        Publication.objects.filter(single=True).update(rendered=wanted, version=version, rendered_at=now())
