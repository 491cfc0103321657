"""Where this installation keeps its files, and the settings that come from the environment.

Hides the `TOCSIN_*` and `TOCSIN_*_FILE` spelling and the creation of the secret key. Never imports Django,
so that the supervisor can use it.
"""

import os
import secrets
from pathlib import Path

LAST_URL = "url"
"""File of the home in which `tocsin serve` leaves the address it serves when `TOCSIN_URL` does not say one."""


class BadSetting(Exception):
    """A setting cannot be used; the message names it and the mend."""


def setting(name: str, default: str = "") -> str:
    """Value of `TOCSIN_<name>`, or the contents of the file that `TOCSIN_<name>_FILE` names."""
    value = os.environ.get(f"TOCSIN_{name}")
    if value is not None:
        return value
    file = os.environ.get(f"TOCSIN_{name}_FILE")
    if file is None:
        return default
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise BadSetting(
            f"TOCSIN_{name}_FILE names {file}, which cannot be read ({error.strerror}); "
            f"correct the path or set TOCSIN_{name} itself."
        ) from error


def settings_named(prefix: str) -> dict[str, str]:
    """All settings whose name begins with `prefix`, by the rest of their name; each may have its `_FILE` form."""
    start = f"TOCSIN_{prefix}"
    names = {name.removeprefix("TOCSIN_").removesuffix("_FILE") for name in os.environ if name.startswith(start)}
    return {name.removeprefix(prefix): setting(name) for name in sorted(names)}


def flag(name: str, *, default: bool = False) -> bool:
    """True for 1, true, yes, on (any case)."""
    return setting(name, "1" if default else "").lower() in {"1", "true", "yes", "on"}


def home() -> Path:
    """The folder of this installation (`TOCSIN_HOME`, default `var`), absolute; made when missing."""
    path = Path(setting("HOME", "var")).absolute()
    path.mkdir(parents=True, exist_ok=True)
    return path


def secret_key(folder: Path) -> str:
    """`TOCSIN_SECRET_KEY`, else the key kept in `<home>/secret_key`, made at the first call (mode 0600)."""
    given = setting("SECRET_KEY")
    if given:
        return given
    file = folder / "secret_key"
    try:
        fd = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="utf-8").strip()
    with os.fdopen(fd, "w", encoding="utf-8") as out:
        key = secrets.token_urlsafe(48)
        out.write(key)
        out.flush()
        os.fsync(out.fileno())
    return key


def public_url(folder: Path) -> str:
    """`TOCSIN_URL`, else the address that `tocsin serve` last served from this home; without a slash at its end."""
    file = folder / LAST_URL
    served = file.read_text(encoding="utf-8").strip() if file.exists() else ""
    return setting("URL", served or "http://localhost:8099").rstrip("/")
