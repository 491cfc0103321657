"""How an operation is offered: its path, the permission it needs, its answer. One decorator for all of them.

Hides the library. The permission is only told (schema, documentation, access test); the command asks for it.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from ninja import Router
from ninja.decorators import decorate_view

from tocsin.api.door import guarded
from tocsin.kernel.actor import Permission

F = TypeVar("F", bound=Callable[..., Any])


class Offer:
    """A router of one room."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.router = Router(tags=[tag])

    def get(
        self, path: str, answer: Any, *, needs: Permission | None, incident: bool = False, media: str = ""
    ) -> Callable[[F], F]:
        """A read; `media` when the answer is a file and no JSON, one kind a line."""
        return self._offer("GET", path, {200: answer}, needs, incident=incident, media=media)

    def post(
        self, path: str, answer: Any, *, needs: Permission | None, status: int = 200, incident: bool = False
    ) -> Callable[[F], F]:
        """A command; takes an `Idempotency-Key`."""
        return self._offer("POST", path, {status: answer}, needs, incident=incident)

    def patch(self, path: str, answer: Any, *, needs: Permission | None, incident: bool = False) -> Callable[[F], F]:
        """A change of fields; what is left out stays."""
        return self._offer("PATCH", path, {200: answer}, needs, incident=incident)

    def put(self, path: str, answer: Any, *, needs: Permission | None) -> Callable[[F], F]:
        """A replacement."""
        return self._offer("PUT", path, {200: answer}, needs)

    def delete(self, path: str, *, needs: Permission | None) -> Callable[[F], F]:
        """A removal; nothing is answered."""
        return self._offer("DELETE", path, {204: None}, needs)

    def _offer(
        self,
        method: str,
        path: str,
        answers: dict[int, Any],
        needs: Permission | None,
        *,
        incident: bool = False,
        media: str = "",
    ) -> Callable[[F], F]:
        def offered(operation: F) -> F:
            words = (operation.__doc__ or "").strip()
            told = f"{words}\n\nNeeds `{needs.name}`." if needs else words
            extra: dict[str, Any] = {"x-permission": needs.name if needs else "", "x-incident": incident}
            if media:
                extra["x-media"] = media
            extra["x-roles"] = sorted(role.value for role in needs.roles) if needs else []
            if method == "POST":
                extra["parameters"] = [
                    {
                        "name": "Idempotency-Key",
                        "in": "header",
                        "required": False,
                        "description": "Any text of your own; the same request again has the same answer for 24 h.",
                        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
                    }
                ]
            add = self.router.api_operation(
                [method],
                path,
                response=answers,
                summary=words.splitlines()[0].rstrip("."),
                description=told,
                operation_id=f"{self.tag.replace(' ', '_')}_{operation.__name__}",
                openapi_extra=extra,
            )
            return add(decorate_view(lambda run: guarded(operation, run))(operation))

        return offered
