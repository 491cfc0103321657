"""Vendors, one folder each: `source` (alerts in), `transport` (messages out), later `probe`, `action` and more.

Hides which there are. A vendor registers itself when its module is imported; adding the folder is enough.
"""

from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules


def discover(part: str) -> list[str]:
    """Import the module `part` of every vendor that has one; their dotted names, sorted."""
    names = [f"{__name__}.{vendor.name}.{part}" for vendor in iter_modules(__path__) if vendor.ispkg]
    found = sorted(name for name in names if find_spec(name) is not None)
    for name in found:
        import_module(name)
    return found
