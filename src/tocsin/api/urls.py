"""Addresses of the API. Its own door asks who comes, so that strangers get a sentence and no sign-in page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path, re_path
from django.views.decorators.csrf import csrf_exempt

from tocsin.api.app import api
from tocsin.api.problems import problem
from tocsin.ui.access import public


@csrf_exempt
@public
def nothing(request: HttpRequest) -> HttpResponse:
    """Any other path below the API's."""
    return problem(404, f"There is no {request.path} in this API; /api/v1/openapi.json lists what there is.")


def documentation(request: HttpRequest) -> HttpResponse:
    """The schema for people, from this host alone."""
    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    rooms: dict[str, list[dict[str, object]]] = {}
    for where, operations in schema["paths"].items():
        for method, operation in operations.items():
            said = {
                "method": method.upper(),
                "path": where,
                "operation": operation,
                "fields": _fields(schema, operation),
            }
            rooms.setdefault(operation["tags"][0], []).append(said | {"permission": operation["x-permission"]})
    about = schema["info"]["description"]
    return render(request, "api/documentation.html", {"rooms": rooms, "about": about, "place": "settings"})


def _fields(schema: object, operation: dict[str, object]) -> list[tuple[str, str, bool]]:
    """Names, kinds and whether they must be there, of parameters and of the body."""
    found = [
        (p["name"], f"{p['in']}", bool(p.get("required")))
        for p in operation.get("parameters", [])  # type: ignore[attr-defined]
        if p["name"] != "Idempotency-Key"
    ]
    body = operation.get("requestBody")
    if body:
        named = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]  # type: ignore[index]
        shape = schema["components"]["schemas"][named]  # type: ignore[index]
        required = shape.get("required", [])
        found += [(name, "body", name in required) for name in shape.get("properties", {})]
    return found


def _opened(patterns: list[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            pattern.callback.login_required = False  # type: ignore[attr-defined]
    return patterns


urlpatterns = [path("docs", documentation, name="api_docs"), *_opened(api.urls[0]), re_path("^.*$", nothing)]
