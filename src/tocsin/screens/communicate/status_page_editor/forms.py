"""Forms of the editor: shapes of input only, commands decide."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from tocsin.domain.catalog.queries import ServiceView
from tocsin.domain.statuspage.queries import ComponentView, GroupView, PublicIncidentView, TextView
from tocsin.domain.statuspage.rules.states import ComponentStatus, Impact, IncidentStatus, MaintenanceStatus, statuses
from tocsin.domain.statuspage.wording import STATUS_WORDS, language_name, languages_known
from tocsin.kernel.business_time import zone_names
from tocsin.ui.forms import InstantField, ScreenForm

Choices = Sequence[tuple[str, str]]


def words(status: str) -> str:
    """A state as people here read it."""
    return STATUS_WORDS.get(status, status)


def _choices(states: Iterable[str]) -> Choices:
    return [(state, words(state)) for state in states]


IMPACTS: Choices = [("", "By its components"), *((i.value, i.value.capitalize()) for i in Impact if i != "maintenance")]


class PageForm(ScreenForm):
    """The page itself."""

    name = forms.CharField(label="Name", help_text="As users know you.")
    published = forms.BooleanField(
        label="Anybody may read the page", required=False, help_text="Off: strangers find nothing there."
    )
    about = forms.CharField(
        label="Text under the headline", required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text="Optional."
    )
    support_url = forms.CharField(
        label="Where users get help", required=False, help_text="A web address, or mailto:help@example.org."
    )
    url = forms.CharField(
        label="Public address",
        required=False,
        help_text="Only when another host serves the page, like https://status.example.org. Feeds and messages use it.",
    )
    time_zone = forms.ChoiceField(label="Time zone", help_text="Every time on the page is written in it.")
    language = forms.ChoiceField(label="Language", help_text="The one at the page's address, and of messages.")
    others = forms.MultipleChoiceField(
        label="Also in", required=False, widget=forms.CheckboxSelectMultiple, help_text="Each at an address of its own."
    )
    opens_by_itself = forms.BooleanField(
        label="Open a public incident by itself",
        required=False,
        help_text="When a Critical or High incident on a listed service is confirmed. Never for a restricted one.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = [(zone, zone) for zone in zone_names()]  # type: ignore[attr-defined]
        choices = [(code, language_name(code)) for code in sorted(languages_known())]
        self.fields["language"].choices = choices  # type: ignore[attr-defined]
        self.fields["others"].choices = choices  # type: ignore[attr-defined]
        if len(choices) < 2:
            del self.fields["others"]

    @property
    def values(self) -> dict[str, Any]:
        """As the command takes them: the first language first."""
        given = dict(self.cleaned_data)
        first, others = given.pop("language"), given.pop("others", [])
        return given | {"languages": [first, *(code for code in others if code != first)]}


class ComponentForm(ScreenForm):
    """One component."""

    name = forms.CharField(label="Name", help_text="As users call it.")
    description = forms.CharField(label="Description", required=False)
    service_id = forms.ChoiceField(
        label="Service",
        required=False,
        help_text="Incidents on this service change the component, once told in public.",
    )
    group_id = forms.ChoiceField(label="Group", required=False)
    showcase = forms.BooleanField(label="Show its last 90 days", required=False)
    only_show_if_degraded = forms.BooleanField(label="Show it only in trouble", required=False)

    def __init__(self, *args: Any, services: Iterable[ServiceView], groups: Iterable[GroupView], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service_id"].choices = [("", "None"), *((s.id, s.name) for s in services)]  # type: ignore[attr-defined]
        self.fields["group_id"].choices = [("", "None"), *((g.id, g.name) for g in groups)]  # type: ignore[attr-defined]


class GroupForm(ScreenForm):
    """One heading."""

    name = forms.CharField(label="Name")


class TextForm(ScreenForm):
    """A text agreed on beforehand."""

    name = forms.CharField(
        label="Name", help_text="A name that begins with 'auto' is used when Tocsin itself must say something."
    )
    status = forms.ChoiceField(label="For", choices=_choices([*IncidentStatus, *MaintenanceStatus]))
    body = forms.CharField(label="Text", widget=forms.Textarea(attrs={"rows": 6}))


class _WithComponents(ScreenForm):
    """Base: one choice for each component. `states` gives {code: state} of those that were chosen."""

    def _add_components(self, components: Iterable[ComponentView], named: frozenset[str] = frozenset()) -> None:
        self.component_fields = []
        for one in components:
            field = forms.ChoiceField(
                label=one.name,
                required=False,
                choices=[("", f"Leave: {words(one.status)}"), *_choices(ComponentStatus)],
            )
            field.widget.attrs["class"] = "form-select"
            self.fields[f"component_{one.code}"] = field
            self.component_fields.append(f"component_{one.code}")

    @property
    def states(self) -> dict[str, str]:
        """What was chosen, by the component's code."""
        return {
            name.removeprefix("component_"): self.cleaned_data[name]
            for name in self.component_fields
            if self.cleaned_data.get(name)
        }

    @property
    def choices_of_components(self) -> list[Any]:
        """The fields, for the template."""
        return [self[name] for name in self.component_fields]


class OpenForm(_WithComponents):
    """The first word about an incident."""

    draft = "public-incident"
    key = forms.CharField(widget=forms.HiddenInput)
    incident = forms.CharField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(
        label="Headline", required=False, help_text="What users notice. Empty: named after its components."
    )
    status = forms.ChoiceField(label="State", choices=_choices(IncidentStatus))
    body = forms.CharField(
        label="Text",
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="What works, what does not, since when. Markdown.",
    )
    impact = forms.ChoiceField(label="Impact", required=False, choices=IMPACTS)
    next_update_at = InstantField(label="Next update by", required=False)
    notify = forms.BooleanField(label="Tell subscribers", required=False, initial=True)

    def __init__(self, *args: Any, components: Iterable[ComponentView], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._add_components(components)


class UpdateForm(_WithComponents):
    """The next word about an incident or maintenance."""

    draft = "public-update"
    key = forms.CharField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)
    status = forms.ChoiceField(label="State")
    body = forms.CharField(label="Text", widget=forms.Textarea(attrs={"rows": 6}), help_text="Markdown.")
    next_update_at = InstantField(label="Next update by", required=False)
    notify = forms.BooleanField(label="Tell subscribers", required=False, initial=True)

    def __init__(
        self, *args: Any, incident: PublicIncidentView, components: Iterable[ComponentView], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = _choices(statuses(incident.kind))  # type: ignore[attr-defined]
        if incident.kind == "maintenance":
            del self.fields["next_update_at"]
        self._add_components(components)


class MaintenanceForm(ScreenForm):
    """Maintenance to come."""

    draft = "maintenance"
    key = forms.CharField(widget=forms.HiddenInput)
    title = forms.CharField(label="Headline")
    body = forms.CharField(
        label="Text",
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="What users will notice, and for how long. Markdown.",
    )
    components = forms.MultipleChoiceField(label="Components", required=False, widget=forms.CheckboxSelectMultiple)
    scheduled_for = InstantField(label="Begins")
    scheduled_until = InstantField(label="Ends")
    by_itself = forms.BooleanField(
        label="Begin and end it at these times",
        required=False,
        initial=True,
        help_text="Its components are then under maintenance by themselves.",
    )
    notify = forms.BooleanField(label="Tell subscribers", required=False, initial=True)

    def __init__(self, *args: Any, components: Iterable[ComponentView], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["components"].choices = [(one.code, one.name) for one in components]  # type: ignore[attr-defined]


class TimesForm(ScreenForm):
    """Other times for maintenance."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    scheduled_for = InstantField(label="Begins")
    scheduled_until = InstantField(label="Ends")


class HeadForm(ScreenForm):
    """Headline and impact of what is published."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(label="Headline")
    impact = forms.ChoiceField(label="Impact", required=False, choices=IMPACTS)


class RetractForm(ScreenForm):
    """Taking it off the page."""

    reason = forms.CharField(label="Why", widget=forms.Textarea(attrs={"rows": 2}))


class CorrectForm(ScreenForm):
    """A better text for an update that is published."""

    body = forms.CharField(label="Text", widget=forms.Textarea(attrs={"rows": 6}))


class ImportForm(ScreenForm):
    """A list of subscribers."""

    file = forms.FileField(
        label="File",
        max_length=200,
        help_text="CSV: one mail address in a line, or kind, address, state, components as the export writes them.",
    )


def texts_for(texts: Iterable[TextView], kind: str) -> list[TextView]:
    """Agreed texts that fit an incident or maintenance."""
    fitting = set(statuses(kind))
    return [text for text in texts if text.status in fitting]
