"""What imports alone cannot show about the rooms: whose models are used, who acts, who writes, who asks the time."""

import ast
import re
from pathlib import Path

from django.apps import apps
from django.db.models import Field, ForeignObjectRel

from tests.architecture.house import HEIGHT, each, imported, inside, modules, nodes, room_modules, room_of, tree

_MODELS = re.compile(r"^tocsin\.domain\.(\w+)\.models(\.|$)")
_ABOVE_DOMAIN = ("screens", "api", "ingest", "integrations", "cli", "ui")
_WRITES = {"save", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "delete"}
_CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("timezone", "now"),
    ("time", "time"),
}
# Before somebody is known there is nobody to act: these find out who it is. The token of a link says who acts by it.
_FIND_THE_ACTOR = re.compile(r"^(actor_\w+|\w+_actor)$")
# Heavy libraries are loaded where they are used. (Django lets an app's own `apps.py` import models only when ready.)
_HEAVY_LIBRARIES_ALLOWED = re.compile(r"^(domain/\w+/workers|integrations/\w+/\w+)\.py$")


@each(list(modules(tests=True)))
def test_models_stay_in_their_room(path: Path) -> None:
    floor = path.parts[path.parts.index("tocsin") + 1]
    for node in nodes(path):
        for name in imported(node):
            found = _MODELS.match(name)
            if found is None or "tests" in path.parts:
                continue
            assert floor not in _ABOVE_DOMAIN, f"line {node.lineno}: ask a query instead of importing {name}"  # type: ignore[attr-defined]
            assert found[1] == room_of(path), f"line {node.lineno}: {name} belongs to another room"  # type: ignore[attr-defined]


def _relations() -> list[tuple[str, "Field[object, object]"]]:
    found = []
    for model in apps.get_models(include_auto_created=True):
        if model.__module__.startswith("tocsin.domain."):
            room = model.__module__.split(".")[2]
            found += [
                (room, f) for f in model._meta.get_fields() if f.is_relation and not isinstance(f, ForeignObjectRel)
            ]
    return found


def test_foreign_keys_across_rooms_point_down_and_have_no_way_back() -> None:
    faults = []
    for room, field in _relations():
        target = field.related_model
        module = getattr(target, "__module__", "")
        if not module.startswith("tocsin.domain.") or module.split(".")[2] == room:
            continue
        other = module.split(".")[2]
        if HEIGHT[other] >= HEIGHT[room]:
            faults.append(f"{field} points up, to {other}")
        if not field.remote_field.hidden:
            faults.append(f"{field} needs related_name='+': {other} must not know {room}")
    assert not faults


@each(list(room_modules("models")))
def test_foreign_keys_name_other_rooms_as_strings(path: Path) -> None:
    own = {node.name for node in nodes(path) if isinstance(node, ast.ClassDef)}
    for node in nodes(path):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        if node.func.attr in {"ForeignKey", "OneToOneField", "ManyToManyField"}:
            target = node.args[0]
            in_room = isinstance(target, ast.Name) and target.id in own
            setting = isinstance(target, ast.Attribute) and target.attr == "AUTH_USER_MODEL"
            assert in_room or setting or isinstance(target, ast.Constant), f"line {node.lineno}: name it 'room.Model'"


def _offered(path: Path, name: str) -> bool:
    """Whether other rooms may call it: of a folder, only what its `__init__` hands out."""
    if path.parent.name not in {"commands", "queries"}:
        return not name.startswith("_")
    front_door = path.parent / "__init__.py"
    assert front_door.exists(), f"{path.parent.name}/__init__.py must hand out what other rooms may call"
    front = tree(front_door)
    return any(name == dotted.rpartition(".")[2] for node in front.body for dotted in imported(node))


@each(list(room_modules("commands", "queries")))
def test_every_command_and_query_says_who_acts(path: Path) -> None:
    for node in tree(path).body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or not _offered(path, node.name):
            continue
        if _FIND_THE_ACTOR.match(node.name):
            continue
        positional = [*node.args.posonlyargs, *node.args.args]
        assert positional, f"{node.name} must take `actor: Actor` first"
        assert positional[0].arg in {"actor", "token"}, f"{node.name} must take `actor: Actor` first"
        assert len(node.args.defaults) < len(positional), f"{node.name}: the actor has no default"
        assert ast.get_docstring(node), f"{node.name} needs a docstring: effect, events, errors"


@each(list(room_modules("queries", "rules", "ports", "permissions", "events")))
def test_only_commands_write(path: Path) -> None:
    for node in nodes(path):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert node.func.attr not in _WRITES, f"line {node.lineno}: .{node.func.attr}() belongs in commands.py"


@each(list(modules()))
def test_everybody_asks_the_one_clock(path: Path) -> None:
    if inside(path) == "kernel/clock.py":
        return
    for node in nodes(path):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            assert (node.value.id, node.attr) not in _CLOCKS, f"line {node.lineno}: ask tocsin.kernel.clock.now()"


@each(list(modules()))
def test_imports_stand_at_the_top(path: Path) -> None:
    if path.name == "apps.py":
        return
    heavy_allowed = _HEAVY_LIBRARIES_ALLOWED.match(inside(path))
    for function in nodes(path):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                ours = any(name.split(".")[0] == "tocsin" for name in imported(node))
                late = isinstance(node, ast.Import | ast.ImportFrom) and (ours or not heavy_allowed)
                assert not late, f"line {node.lineno}: import it at the top"  # type: ignore[attr-defined]


@each([p for p in modules() if inside(p).startswith(("kernel/", "domain/"))])
def test_kernel_and_rules_touch_neither_django_nor_the_world(path: Path) -> None:
    if not (inside(path).startswith("kernel/") or "/rules" in inside(path)):
        return
    outside = {"django", "os", "socket", "subprocess", "httpx", "pathlib", "io", "threading", "asyncio", "random"}
    for node in nodes(path):
        for name in imported(node):
            assert name.split(".")[0] not in outside, f"line {node.lineno}: {name} is not pure"  # type: ignore[attr-defined]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {"open", "print", "input"}, f"line {node.lineno}: {node.func.id}() is not pure"
