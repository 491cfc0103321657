"""The public status page in front of Django: finds the file of a path in memory, whatever the database does.

Hides conditional requests and compression. Never renders; subscribing is Django's (`DYNAMIC`).
"""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from http import HTTPStatus
from typing import Any

from django.conf import settings

from tocsin.domain.statuspage.shelf import ROOT, Headers, Keeper, Shelf

DYNAMIC = (f"{ROOT}subscribe/", f"{ROOT}subscription/")
shelf = Shelf(settings.HOME / "cache")
_keeper = Keeper(shelf)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Answer = tuple[int, Headers, bytes]
_PLAIN: Headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"x-content-type-options", b"nosniff")]
_NONE = b"There is no status page here yet.\n"


async def startup() -> None:
    """Serve what was last known, and look for something new from now on."""
    _keeper.start()


async def shutdown() -> None:
    """Stop looking."""
    _keeper.stop()


def handles(path: str) -> bool:
    """True for what is answered here: every path of the page, but not those where people subscribe."""
    return path in shelf.served or (
        path.startswith(ROOT[:-1])
        and (path == ROOT[:-1] or path[len(ROOT) - 1] == "/")
        and not path.startswith(DYNAMIC)
    )


async def quick(scope: Scope, send: Send) -> bool:
    """Answer the plain reading of a file that is there, the shortest way; False for everything else."""
    kept = shelf.served.get(scope["path"])
    if kept is None or scope["method"] != "GET":
        return False
    variant = kept.plain
    for name, value in scope["headers"]:
        if name == b"if-none-match":
            return False
        if name == b"accept-encoding" and kept.packed is not None and _takes_gzip(value):
            variant = kept.packed
    await send(variant.start)
    await send(variant.end)
    return True


async def application(scope: Scope, _receive: object, send: Send) -> None:
    """Answer one request."""
    accepts = unless = b""
    for name, value in scope["headers"]:
        if name == b"accept-encoding":
            accepts = value
        elif name == b"if-none-match":
            unless = value
    status, headers, body = answer(scope["method"], scope["path"], accepts, unless)
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def answer(method: str, path: str, accepts: bytes = b"", unless: bytes = b"") -> Answer:
    """Status, headers and body for one request. No I/O."""
    if method not in {"GET", "HEAD"}:
        return 405, [*_PLAIN, (b"allow", b"GET, HEAD"), (b"content-length", b"0")], b""
    kept = shelf.served.get(path)
    if kept is None:
        return _elsewhere(method, path)
    variant = kept.packed if kept.packed is not None and _takes_gzip(accepts) else kept.plain
    if unless and _matches(unless, variant.etag):
        return 304, variant.unchanged, b""
    return 200, variant.headers, variant.body if method == "GET" else b""


def _elsewhere(method: str, path: str) -> Answer:
    if f"{path}/" in shelf.served:
        return 308, [*_PLAIN, (b"location", f"{path}/".encode()), (b"content-length", b"0")], b""
    missing = shelf.served.get(f"{ROOT}404.html")
    if missing is None:
        return 404, [*_PLAIN, (b"content-length", str(len(_NONE)).encode())], _NONE if method == "GET" else b""
    return 404, missing.plain.headers, missing.plain.body if method == "GET" else b""


def _takes_gzip(accepts: bytes) -> bool:
    return b"gzip" in accepts and b"gzip;q=0" not in accepts.replace(b" ", b"").replace(b"q=0.", b"q=1.")


def _matches(unless: bytes, etag: bytes) -> bool:
    if unless == etag:
        return True
    given = {part.strip().removeprefix(b"W/") for part in unless.split(b",")}
    return etag in given or b"*" in given


def wsgi(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The same for the workers of `tocsin web`."""
    status, headers, body = answer(
        environ["REQUEST_METHOD"],
        environ.get("PATH_INFO", ""),
        environ.get("HTTP_ACCEPT_ENCODING", "").encode("latin-1"),
        environ.get("HTTP_IF_NONE_MATCH", "").encode("latin-1"),
    )
    words = f"{status} {HTTPStatus(status).phrase}"
    start_response(words, [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers])
    return [body]


def start_for_workers() -> None:
    """Begin to look, in a process without a start of its own."""
    _keeper.start()
