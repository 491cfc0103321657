"""What the API promises, as its schema says it: computed once for all tests that read it."""

from functools import cache
from typing import Any

from tocsin.api.app import api


@cache
def promised() -> dict[str, Any]:
    """The OpenAPI schema; change nothing in it."""
    return dict(api.get_openapi_schema(path_prefix="/api/v1/"))
