"""What the log says about templates (on `incident_template:<id>`) and about what was learned (on `learning:all`)."""

from tocsin.core.log import Event, event


@event("triage.template_saved", mark="template")
class TemplateSaved(Event, frozen=True, kw_only=True):
    """A template to declare from was added or changed."""

    template: str
    name: str

    def sentence(self) -> str:
        """Names it."""
        return f"saved the incident template {self.name}"


@event("triage.template_removed", mark="trash")
class TemplateRemoved(TemplateSaved, frozen=True, kw_only=True):
    """A template is gone; incidents declared from it stay."""

    def sentence(self) -> str:
        """Names it."""
        return f"removed the incident template {self.name}"


@event("triage.declared_from", mark="template")
class DeclaredFrom(Event, frozen=True, kw_only=True):
    """An incident was declared from a template. On the incident's stream. `missing`: services that are gone."""

    template: str
    name: str
    missing: tuple[str, ...] = ()

    def sentence(self) -> str:
        """Names the template, and what it named that is gone."""
        gone = f"; it names services that are gone: {', '.join(self.missing)}" if self.missing else ""
        return f"used the template {self.name}{gone}"


@event("triage.forgotten", mark="archive")
class Forgotten(Event, frozen=True, kw_only=True):
    """Lessons no longer count."""

    lessons: int
    feature: str = ""

    def sentence(self) -> str:
        """Counts them."""
        about = f" about {self.feature}" if self.feature else ""
        return f"made Tocsin forget {self.lessons} {'lesson' if self.lessons == 1 else 'lessons'}{about}"


@event("triage.remembered", mark="arrow-back-up")
class Remembered(Forgotten, frozen=True, kw_only=True):
    """Forgotten lessons count again."""

    def sentence(self) -> str:
        """Counts them."""
        return f"made Tocsin remember {self.lessons} {'lesson' if self.lessons == 1 else 'lessons'} again"
