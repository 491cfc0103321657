"""What people type to link an incident, a ticket or a conference. What is valid is decided by the commands."""

from django import forms

from tocsin.domain.incidents.rules.linking import Relation
from tocsin.ui.forms import Levels, ScreenForm

RELATIONS = [(r.value, r.words.capitalize()) for r in Relation]


class LinkIncidentForm(ScreenForm):
    """Another incident and how it belongs to this one."""

    other = forms.CharField(label="Incident", max_length=40, widget=forms.TextInput(attrs={"placeholder": "INC-42"}))
    relation = forms.ChoiceField(label="This one is", choices=RELATIONS, widget=Levels, initial="related")


class TicketForm(ScreenForm):
    """A ticket in another system."""

    label = forms.CharField(label="Reference", required=False, max_length=200)
    url = forms.CharField(label="Address", required=False, max_length=2000, widget=forms.URLInput)


class BridgeForm(ScreenForm):
    """A conference: an address to join, a number to dial, or both."""

    label = forms.CharField(label="Name", required=False, max_length=80)
    url = forms.CharField(label="Address to join", required=False, max_length=2000, widget=forms.URLInput)
    phone = forms.CharField(label="Number to dial", required=False, max_length=40, widget=forms.TextInput)
    pin = forms.CharField(
        label="PIN",
        required=False,
        max_length=40,
        help_text="Typed by itself after the number answers. Everybody who sees the incident sees it.",
    )
