"""Which source answers which path, and the key in paths of the form `/in/<key>/…`."""

from tocsin.domain.alerts.ports import Source, sources

KEYED = "/in/"


class Paths:
    """The paths of all registered sources; read from the registry whenever that has grown."""

    def __init__(self) -> None:
        self._known = -1
        self._anywhere: dict[str, Source] = {}
        self._below_key: dict[str, Source] = {}

    def split(self, path: str) -> tuple[str, str]:
        """`/in/<key>/rest` -> (key, `/rest`); any other path -> ('', path)."""
        if not path.startswith(KEYED):
            return "", path
        key, slash, rest = path[len(KEYED) :].partition("/")
        return key, slash + rest

    def source(self, path: str, *, keyed: bool = False) -> Source | None:
        """The source of a path (without its key)."""
        found = sources()
        if len(found) != self._known:
            self._known = len(found)
            self._anywhere = {path: source for source in found.values() for path in source.paths}
            self._below_key = {path: source for source in found.values() for path in source.keyed_paths}
        exact = self._anywhere.get(path) or (self._below_key.get(path) if keyed else None)
        if exact is not None or not path.startswith("/"):
            return exact
        return self._anywhere.get(path[: path.rfind("/") + 1])
