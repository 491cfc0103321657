"""A kept response team: shape of the input only, the command decides."""

from collections.abc import Iterable
from typing import Any

from django import forms

from tocsin.domain.accounts.queries import PersonView, TeamView
from tocsin.domain.incidents.rules.roles import RoleName, role_words
from tocsin.domain.incidents.rules.states import Kind
from tocsin.domain.oncall.queries import OnCallView
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.ui.forms import ScreenForm

_BOXES = forms.CheckboxSelectMultiple


class ResponseTeamForm(ScreenForm):
    """Whom to call, for which incidents, and which roles they fill."""

    name = forms.CharField(label="Name", max_length=80)
    kind = forms.ChoiceField(label="For incidents of kind", required=False)
    severities = forms.MultipleChoiceField(
        label="For severities", required=False, widget=_BOXES, help_text="None chosen: for every severity."
    )
    schedules = forms.MultipleChoiceField(label="Whoever is on call by", required=False, widget=_BOXES)
    teams = forms.MultipleChoiceField(label="Teams", required=False, widget=_BOXES)
    people = forms.MultipleChoiceField(label="People", required=False, widget=_BOXES)
    roles = forms.MultipleChoiceField(
        label="Roles to fill",
        required=False,
        widget=_BOXES,
        help_text="For each, whoever suits best is asked; the role is theirs once they join.",
    )

    def __init__(
        self,
        *args: Any,
        people: Iterable[PersonView],
        teams: Iterable[TeamView],
        on_call: Iterable[OnCallView],
        kept_roles: Iterable[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        roles = dict.fromkeys([*(role.value for role in RoleName), *kept_roles])
        choices = {
            "kind": [("", "Any kind"), *((kind.value, kind.value.replace("_", " ").capitalize()) for kind in Kind)],
            "severities": [(severity.value, severity.word) for severity in Severity],
            "schedules": list({shift.schedule_id: shift.schedule for shift in on_call}.items()),
            "teams": [(team.id, team.name) for team in teams],
            "people": [(person.id, person.name) for person in people],
            "roles": [(role, role_words(role)) for role in roles],
        }
        for name, found in choices.items():
            self.fields[name].choices = found  # type: ignore[attr-defined]
