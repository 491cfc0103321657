"""Reads the URL map and the declarations beside it. Hides Django's resolver and TOML; asks nothing of the server."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tocsin.kernel.actor import ADMINISTRATORS, ALL_ROLES, COMMANDERS, RESPONDERS, Role

FOLDER = Path(__file__).parent / "routes"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
STRANGER = "stranger"
GROUPS: Mapping[str, frozenset[str]] = {
    "everyone": frozenset({*ALL_ROLES, STRANGER}),
    "staff": frozenset(ALL_ROLES),
    "responders": frozenset(RESPONDERS),
    "commanders": frozenset(COMMANDERS),
    "administrators": frozenset(ADMINISTRATORS),
    "nobody": frozenset(),
    **{role.value: frozenset({role.value}) for role in Role},
}

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Declared:
    """What is declared of one route: who is let in by method, and how to ask."""

    route: str
    who: Mapping[str, frozenset[str] | None]
    """By method. None: anything but an error of ours."""
    at: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    query: str = ""
    before: str = ""
    incident: bool = False

    def path(self, values: Mapping[str, str]) -> str:
        """The path with its parameters filled."""
        given = dict(values) | {key: value.format(**values) for key, value in self.at.items()}
        filled = "/" + _PARAMETER.sub(lambda found: given[found[1]], _plain(self.route))
        return f"{filled}?{self.query.format(**values)}" if self.query else filled


def routes() -> Iterator[str]:
    """Every path of the URL map, as its patterns write it. The API's are asked from its schema."""
    for route in _walk(get_resolver(), ""):
        if not route.startswith("api/v1/") or route in ("api/v1/docs", "api/v1/openapi.json"):
            yield route


def _walk(resolver: URLResolver, before: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, before + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield before + str(pattern.pattern)


def declared() -> dict[str, list[Declared]]:
    """All declarations by route. A route declared with `more` is asked in each of the ways."""
    found: dict[str, list[Declared]] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        for route, said in tomllib.loads(path.read_text()).items():
            assert route not in found, f"{path.name}: {route!r} is declared twice"
            ways = [said, *({**said, **more} for more in said.get("more", []))]
            found[route] = [_declared(route, way, path.name) for way in ways]
    return found


def _declared(route: str, said: Mapping[str, Any], file: str) -> Declared:
    unknown = set(said) - {*METHODS, "at", "body", "query", "before", "incident", "more"}
    assert not unknown, f"{file}: {route!r} says {unknown}, which means nothing"
    return Declared(
        route=route,
        who={method: _who(said[method]) for method in METHODS if method in said},
        at=said.get("at", {}),
        body=said.get("body", {}),
        query=said.get("query", ""),
        before=said.get("before", ""),
        incident=said.get("incident", "<str:ref>" in route),
    )


def _who(said: str | list[str]) -> frozenset[str] | None:
    if said == "any":
        return None
    names = [said] if isinstance(said, str) else said
    return frozenset().union(*(GROUPS[name] for name in names))


def _plain(route: str) -> str:
    """A pattern written as a regular expression, as the sign-in library has some, as a path."""
    if "^" not in route:
        return route
    named = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", route)
    return named.replace("^", "").replace("$", "")
