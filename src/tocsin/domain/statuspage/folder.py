"""The page as files in a folder, for another host or a file server. Each file appears whole or not at all.

Hides which files of an earlier export are no longer of the page. Never touches a file that an export did not write.
"""

import json
from pathlib import Path

from django.conf import settings

from tocsin.domain.statuspage import queries
from tocsin.domain.statuspage.rendering.files import files
from tocsin.domain.statuspage.shelf import ROOT
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Conflict, Invalid

LIST = ".tocsin-status-page.json"
"""What an export wrote, so that the next one can remove what is gone."""


def write(actor: Actor, folder: Path, *, url: str = "") -> tuple[int, int]:
    """Write all files into `folder`; (how many, how many old ones were removed). Subscribing posts to this Tocsin.

    Raises `Conflict` while the page is not public, `Invalid` for an address that is none or a folder that cannot be.
    """
    picture = queries.picture(actor)
    if not picture.page.published:
        raise Conflict("The status page is not public; switch it on under Settings, Status page.")
    if url and not url.startswith(("http://", "https://")):
        raise Invalid("url: write it like https://status.example.org.", field="url")
    base = (url or picture.page.url or f"{settings.PUBLIC_URL}{ROOT}").rstrip("/")
    made, kept = files(picture, url=base, subscribe=f"{settings.PUBLIC_URL}{ROOT}subscribe/")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        before = _before(folder)
        for file in made:
            _put(folder / file.path, file.body)
        gone = [path for path in before if path not in kept]
        for path in gone:
            (folder / path).unlink(missing_ok=True)
        _put(folder / LIST, json.dumps(sorted(kept), indent=1).encode())
    except OSError as error:
        raise Invalid(f"folder: {folder} cannot be written ({error.strerror}).", field="folder") from error
    return len(made), len(gone)


def _before(folder: Path) -> list[str]:
    try:
        listed = json.loads((folder / LIST).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return []
    # Only names below the folder: the list may have been edited.
    return [path for path in listed if isinstance(path, str) and not path.startswith("/") and ".." not in path]


def _put(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_bytes(body)
    fresh.replace(path)
