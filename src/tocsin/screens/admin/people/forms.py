"""Forms of people, teams, tokens and the organisation: shapes of input only, commands decide."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info

from tocsin.domain.accounts.queries import PersonView, TeamView
from tocsin.domain.accounts.rules import WEEKDAYS
from tocsin.domain.delivery.phrases import languages
from tocsin.kernel.actor import Role
from tocsin.kernel.business_time import zone_names
from tocsin.ui.forms import InstantField, Levels, ScreenForm

ROLE_WORDS = {
    Role.VIEWER: "Viewer: may look",
    Role.RESPONDER: "Responder: answers pages and works on incidents",
    Role.COMMANDER: "Commander: leads incidents",
    Role.SECURITY: "Security: sees and leads restricted incidents",
    Role.AGENT: "Agent: answers customers",
    Role.COMMUNICATOR: "Communicator: writes to customers and the public",
    Role.ADMINISTRATOR: "Administrator: people, services and settings",
}
_ROLES = [(role.value, words) for role, words in ROLE_WORDS.items()]


def zones(empty: str) -> list[tuple[str, str]]:
    """Every zone by name; the empty choice first."""
    return [("", empty), *((name, name) for name in zone_names() if "/" in name or name == "UTC")]


class SkillsField(forms.CharField):
    """Words separated by commas, as a list."""

    def prepare_value(self, value: Any) -> Any:
        """A list as one line."""
        return value if isinstance(value, str) or value is None else ", ".join(value)

    def to_python(self, value: Any) -> Any:
        """One line as a list."""
        return [word.strip() for word in (super().to_python(value) or "").split(",") if word.strip()]


class _Contact(ScreenForm):
    name = forms.CharField(label="Name", help_text="As others shall read it.")
    email = forms.CharField(
        label="E-mail", widget=forms.EmailInput(attrs={"autocomplete": "off"}), help_text="They sign in with it."
    )
    phone = forms.CharField(label="Phone", required=False, help_text="Like +49 30 1234567.")
    time_zone = forms.ChoiceField(label="Time zone", required=False)
    site = forms.CharField(
        label="Site", required=False, help_text="Where they work, for alerts that concern a place: Hamburg, Plant 2."
    )
    skills = SkillsField(
        label="Skills",
        required=False,
        help_text="What they are good at, separated by commas: postgresql, networking. Roles are suggested by it.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = zones("The organisation's")  # type: ignore[attr-defined]


class PersonForm(_Contact):
    """A person as an administrator adds or changes one."""

    roles = forms.MultipleChoiceField(label="Roles", choices=_ROLES, widget=forms.CheckboxSelectMultiple)


class ProfileForm(_Contact):
    """One's own profile. The address is how one signs in: an administrator changes it."""

    language = forms.ChoiceField(
        label="Language",
        required=False,
        help_text="Of Tocsin's own words in pages, calls and chats; of the screens where they are translated.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["email"]
        spoken = {code: str(get_language_info(code)["name_local"]).capitalize() for code in languages()}
        choices = [("", "English, or as the browser asks"), *sorted({**spoken, **dict(settings.LANGUAGES)}.items())]
        self.fields["language"].choices = choices  # type: ignore[attr-defined]


class LookForm(ScreenForm):
    """How pages look on this device."""

    theme = forms.ChoiceField(
        label="Theme",
        widget=Levels,
        choices=[("", "As the device"), ("light", "Light"), ("dark", "Dark")],
    )
    keys = forms.BooleanField(label="Single keys do things (A acknowledges, F filters)", required=False)


class TeamForm(ScreenForm):
    """A team and who is in it."""

    name = forms.CharField(label="Name")
    members = forms.MultipleChoiceField(label="Members", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, people: Iterable[PersonView], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["members"].choices = [(p.id, p.name) for p in people if p.active]  # type: ignore[attr-defined]


class TeamHoursForm(ScreenForm):
    """Hours that a team keeps itself. No day chosen: the organisation's."""

    time_zone = forms.ChoiceField(label="Time zone", required=False)
    days = forms.MultipleChoiceField(
        label="Working days",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(day, day.capitalize()) for day in WEEKDAYS],
        help_text="None: the team keeps the organisation's hours.",
    )
    opens = forms.TimeField(
        label="Opens", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    closes = forms.TimeField(
        label="Closes", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    holiday_region = forms.CharField(
        label="Public holidays of", required=False, help_text="A country, or a country and its part: DE, DE-BE, US-CA."
    )
    closed_dates = forms.CharField(label="Also closed on", required=False, help_text="Dates like 2026-12-24.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = zones("The organisation's")  # type: ignore[attr-defined]


class TokenForm(ScreenForm):
    """An API token."""

    name = forms.CharField(label="Name", help_text="What will use it: Deploy script.")
    scopes = forms.CharField(
        label="What it may do", help_text="Permissions, separated by spaces, like incidents.declare; * for everything."
    )
    owner = forms.ChoiceField(
        label="Belongs to", required=False, help_text="It never has more than this person has, and ends with them."
    )
    expires_at = InstantField(label="Ends", required=False)

    def __init__(self, *args: Any, people: Iterable[PersonView], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        active = [(p.id, p.name) for p in people if p.active]
        self.fields["owner"].choices = [("", "Nobody: a service of its own"), *active]  # type: ignore[attr-defined]


class OrganisationForm(ScreenForm):
    """The organisation, its hours and its catch-all people."""

    name = forms.CharField(label="Name")
    url = forms.CharField(label="Web address", required=False)
    time_zone = forms.ChoiceField(label="Time zone", choices=[])
    days = forms.MultipleChoiceField(
        label="Working days",
        widget=forms.CheckboxSelectMultiple,
        choices=[(day, day.capitalize()) for day in WEEKDAYS],
    )
    opens = forms.TimeField(label="Opens", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    closes = forms.TimeField(label="Closes", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    holiday_region = forms.CharField(
        label="Public holidays of", required=False, help_text="A country, or a country and its part: DE, DE-BE, US-CA."
    )
    closed_dates = forms.CharField(
        label="Also closed on",
        required=False,
        help_text="Dates like 2026-12-24, separated by spaces.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    catch_all = forms.MultipleChoiceField(
        label="Catch-all people",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Paged when nobody else is; administrators when none is chosen.",
    )

    def __init__(self, *args: Any, people: Sequence[PersonView], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = zones("UTC")[1:]  # type: ignore[attr-defined]
        self.fields["catch_all"].choices = [(p.id, p.name) for p in people if p.active]  # type: ignore[attr-defined]


def team_initial(team: TeamView) -> dict[str, object]:
    """What a form about this team starts with."""
    return {"name": team.name, "members": team.member_ids}
