"""The API as one: every room's operations, one way to refuse, one schema.

Hides the library's defaults that do not suit: its error shapes, and its schema without errors.
"""

from typing import Any

from django.http import Http404
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from tocsin import __version__
from tocsin.api import problems
from tocsin.api.rooms import offers
from tocsin.kernel.errors import Refused

ROOT = "/api/v1/"
ABOUT = """Everything that the screens do, by the same commands: who may not do it there may not do it here.

Send `Authorization: Bearer <token>` (Settings, API tokens), or use your session with its CSRF token.
Times are ISO 8601 in UTC, durations too (`P0DT00H00M24.2S`).
Lists have `items` and `next`: send `next` back as `cursor`.
Refusals are `application/problem+json`. Any POST takes an `Idempotency-Key`. What has a `version` has it as ETag;
send it back as `If-Match`, and a change of somebody else in between is 412."""


class Api(NinjaAPI):
    """The library's API with refusals in its schema."""

    _schema: OpenAPISchema | None = None

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """The schema, with what may be answered instead of success. It never changes, and takes seconds to make."""
        if self._schema is None:
            self._schema = self._described()
        return self._schema

    def _described(self) -> OpenAPISchema:
        schema = super().get_openapi_schema(path_prefix=ROOT)
        components = schema["components"]["schemas"]
        components["Problem"] = problems.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        components["Fault"] = components["Problem"].pop("$defs")["Fault"]
        schema["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        schema["security"] = [{"token": []}]
        refusal = {
            "description": "Refused, with one sentence that says why.",
            "content": {problems.TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for operations in schema["paths"].values():
            for operation in operations.values():
                operation["responses"] = {str(code): said for code, said in operation["responses"].items()}
                operation["responses"]["default"] = refusal
                media = operation.pop("x-media", "")
                if media:
                    files = {kind: {"schema": {"type": "string"}} for kind in media.split("\n")}
                    # A file of JSON is whatever it is.
                    files |= {kind: {"schema": {}} for kind in files if kind == "application/json"}
                    operation["responses"]["200"]["content"] = files
        # Said in the zone of the window itself, so without an offset.
        components.get("MaintenanceView", {}).get("properties", {}).get("first", {}).pop("format", None)
        _mend(schema)
        return schema


def _mend(part: Any) -> None:
    """Write what the library writes in an older dialect: tuples; times of a day, which have no zone here; durations,
    whose seconds may have a fraction, which that format (RFC 3339) does not know."""
    if isinstance(part, dict):
        if isinstance(part.get("items"), list | tuple):
            part["prefixItems"] = list(part.pop("items"))
        # A tuple of one kind is a list of a fixed length, which readers of every dialect understand.
        kinds = part.get("prefixItems")
        if kinds and all(kind == kinds[0] for kind in kinds) and part.get("minItems") == len(kinds):
            part["items"] = part.pop("prefixItems")[0]
        if part.get("format") in ("time", "duration"):
            del part["format"]
        for item in part.values():
            _mend(item)
    elif isinstance(part, list | tuple):
        for item in part:
            _mend(item)


api = Api(
    title="Tocsin",
    version=__version__,
    description=ABOUT,
    openapi_url="/openapi.json",
    docs_url=None,
    urls_namespace="api",
)
for tag, offer in offers():
    api.add_router("", offer.router, tags=[tag])
api.add_exception_handler(Refused, problems.refused)  # type: ignore[arg-type]
api.add_exception_handler(ValidationError, problems.misshapen)  # type: ignore[arg-type]
api.add_exception_handler(HttpError, problems.by_library)  # type: ignore[arg-type]
api.add_exception_handler(Http404, problems.missing)  # type: ignore[arg-type]
api.add_exception_handler(Exception, problems.ours)  # type: ignore[arg-type]
