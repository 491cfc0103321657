"""What happened to services and their dependencies."""

from tocsin.core.log import Event, event


@event("catalog.service_added", mark="puzzle")
class ServiceAdded(Event, frozen=True, kw_only=True):
    """A service is in the catalogue from now on."""

    service: str
    name: str

    def sentence(self) -> str:
        """Names the service."""
        return f"added the service {self.name}"


@event("catalog.service_changed", mark="puzzle")
class ServiceChanged(Event, frozen=True, kw_only=True):
    """Fields of a service changed."""

    service: str
    name: str
    fields: list[str]

    def sentence(self) -> str:
        """Names the service and the fields."""
        return f"changed {self.name}: {', '.join(field.replace('_', ' ') for field in self.fields)}"


@event("catalog.service_removed", mark="trash")
class ServiceRemoved(Event, frozen=True, kw_only=True):
    """A service left the catalogue."""

    service: str
    name: str

    def sentence(self) -> str:
        """Names the service."""
        return f"removed the service {self.name}"


@event("catalog.dependencies_changed", mark="sitemap")
class DependenciesChanged(Event, frozen=True, kw_only=True):
    """What a service needs changed; other services by slug."""

    service: str
    name: str
    added: list[str]
    removed: list[str]

    def sentence(self) -> str:
        """Names the service, what it needs now, and what it no longer needs."""
        parts = []
        if self.added:
            parts.append(f"now needs {', '.join(self.added)}")
        if self.removed:
            parts.append(f"no longer needs {', '.join(self.removed)}")
        return f"recorded that {self.name} {' and '.join(parts)}"
