"""Whether a home is prepared for exactly this version: migrations run, static files collected.

Hides the stamp file. Never imports Django, so that a start with nothing to do costs milliseconds.
"""

import hashlib
from importlib.metadata import version
from pathlib import Path

import tocsin
from tocsin.project.home import setting

_PACKAGE = Path(tocsin.__file__).parent
# Libraries that bring migrations or static files of their own.
_LIBRARIES = ("django", "django-allauth")


def fingerprint() -> str:
    """Changes whenever the database or the collected files may have to change."""
    digest = hashlib.sha256()
    parts = [tocsin.__version__, setting("DATABASE_URL"), *(f"{name} {version(name)}" for name in _LIBRARIES)]
    parts += [
        f"{path.relative_to(_PACKAGE)} {hashlib.sha256(path.read_bytes()).hexdigest()}"
        for path in sorted(_PACKAGE.rglob("migrations/*.py"))
    ]
    for path in sorted(p for folder in _PACKAGE.rglob("static") for p in folder.rglob("*") if p.is_file()):
        found = path.stat()
        parts.append(f"{path.relative_to(_PACKAGE)} {found.st_size} {found.st_mtime_ns}")
    for part in parts:
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()


def is_prepared(home: Path) -> bool:
    """True when this very version prepared `home`, and its embedded database is still there."""
    if not setting("DATABASE_URL") and not (home / "tocsin.sqlite3").exists():
        return False
    try:
        return (home / "prepared").read_text(encoding="utf-8") == fingerprint()
    except OSError:
        return False


def mark_prepared(home: Path) -> None:
    """Remember that this version prepared `home`."""
    (home / "prepared").write_text(fingerprint(), encoding="utf-8")
