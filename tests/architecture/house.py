"""The house as the architecture tests see it: its floors, its rooms, its files.

Hides how modules and templates are found. Never imports the code it describes.
"""

import ast
from collections.abc import Callable, Iterable, Iterator
from functools import cache, wraps
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "tocsin"

# From the lowest to the highest; rooms on one line do not know each other.
ROOMS: tuple[tuple[str, ...], ...] = (
    ("accounts",),
    ("rulebooks",),
    ("catalog",),
    ("customers",),
    ("delivery",),
    ("oncall",),
    ("alerts",),
    ("monitoring",),
    ("runbooks",),
    ("incidents",),
    ("broadcasts",),
    ("assurance",),
    ("obligations",),
    ("triage",),
    ("knowledge", "chat"),
    ("comms", "investigations", "recovery"),
    ("support",),
    ("statuspage",),
    ("insights",),
    ("drill",),
)
HEIGHT = {room: height for height, rooms in enumerate(ROOMS) for room in rooms}


def modules(*, tests: bool = False) -> Iterator[Path]:
    """Every module of the package but migrations, and tests only on request."""
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).parts
        if "migrations" in parts or ("tests" in parts and not tests):
            continue
        yield path


def room_modules(*names: str) -> Iterator[Path]:
    """Modules of these names (or folders of these names) in any domain room."""
    for path in modules():
        parts = path.relative_to(PACKAGE).parts
        if parts[0] == "domain" and len(parts) > 2 and parts[2].removesuffix(".py") in names:
            yield path


def templates() -> Iterator[Path]:
    """Every template of the package."""
    yield from sorted(p for p in PACKAGE.rglob("*.html") if "vendor" not in p.parts)


def inside(path: Path) -> str:
    """Its path as people name it: from the package down."""
    return str(path.relative_to(PACKAGE))


def room_of(path: Path) -> str:
    """Name of the domain room that a module belongs to; empty when to none."""
    parts = path.relative_to(PACKAGE).parts
    return parts[1] if parts[0] == "domain" and len(parts) > 2 else ""


@cache
def tree(path: Path) -> ast.Module:
    """The module, parsed."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Every node of the module, walked once for all rules."""
    return tuple(ast.walk(tree(path)))


def each(paths: Iterable[Path]) -> Callable[[Callable[[Path], None]], Callable[[], None]]:
    """Make one test of a rule for many files: it names every file at fault. A test for each file would take minutes."""

    def over_all(rule: Callable[[Path], None]) -> Callable[[], None]:
        @wraps(rule)
        def test() -> None:
            faults = []
            for path in paths:
                try:
                    rule(path)
                except AssertionError as fault:
                    faults.append(f"{inside(path)}: {str(fault).splitlines()[0]}")
            assert not faults, "\n".join(faults)

        del test.__wrapped__  # pytest would ask it for a fixture named 'path'
        return test

    return over_all


def imported(node: ast.AST) -> list[str]:
    """Dotted names that an import statement may load; none for any other node."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []
