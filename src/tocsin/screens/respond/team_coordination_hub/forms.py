"""What people type at an incident. What is valid is decided by the commands."""

from collections.abc import Iterable
from typing import Any

from django import forms

from tocsin.domain.incidents.rules.states import Kind
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.ui.forms import InstantField, Levels, ScreenForm

SEVERITIES = [(s.value, s.word) for s in Severity]
KINDS = [(k.value, k.words) for k in Kind]
Choices = Iterable[tuple[str, str]]


class WriteForm(ScreenForm):
    """A note or a decision."""

    text = forms.CharField(
        label="Write to the timeline",
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "Write what you see, did or decided"}),
        error_messages={"required": "Write something first."},
    )
    why = forms.CharField(
        label="Why, for a decision",
        required=False,
        widget=forms.TextInput(attrs={"maxlength": "4000", "placeholder": "Why, if it is a decision"}),
    )


class NoteEditForm(ScreenForm):
    """A note in other words."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    text = forms.CharField(
        label="What you wrote",
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Write something first, or take the note back."},
        help_text="Everybody sees the new words from now on. The old ones stay sealed in the log.",
    )


class PinForm(ScreenForm):
    """A note becomes a decision."""

    text = forms.CharField(label="The decision", widget=forms.Textarea(attrs={"rows": 3}))
    why = forms.CharField(
        label="Why",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What speaks for it. It stands beside the decision and in the report.",
    )


class RevokeForm(ScreenForm):
    """A decision holds no more."""

    reason = forms.CharField(
        label="Why it holds no more",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why it holds no more."},
    )


class UpdateForm(ScreenForm):
    """Two texts of their own, never copied into each other."""

    internal = forms.CharField(
        label="Internal update",
        required=False,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text="For staff: what is known, what is being done, what is needed.",
    )
    public = forms.CharField(
        label="Public update",
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="For users: what they notice, what to do meanwhile, when the next word comes. Empty: nothing.",
    )


class ReasonForm(ScreenForm):
    """A change of state with its reason; `version` is what the person looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(label="Reason", widget=forms.Textarea(attrs={"rows": 3}))


class NoteForm(ScreenForm):
    """A change of state that needs no reason, with room for a word."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    note = forms.CharField(label="What was done", widget=forms.Textarea(attrs={"rows": 3}), required=False)


class ResolveForm(NoteForm):
    """Resolved: what ended it, and the cause as far as it is known."""

    root_cause = forms.CharField(
        label="Root cause",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="As far as it is known; the review can correct it.",
    )
    reason = forms.CharField(
        label="Why without a validated fix",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed unless 'Validate Fix' passed and nothing bad was heard since.",
    )


class CloseForm(ScreenForm):
    """Closed: a reason when something is still owed."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(
        label="Reason",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The review stays due until it is held.",
    )


class ConfirmForm(ScreenForm):
    """A proposed incident is one."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(label="Kind", choices=KINDS, widget=Levels)
    severity = forms.ChoiceField(label="Severity", choices=SEVERITIES, widget=Levels)
    reason = forms.CharField(
        label="Reason",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed when the severity differs from the proposed one.",
    )


class MergeForm(ScreenForm):
    """The same trouble as another incident."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    into = forms.ChoiceField(label="Goes on as")
    reason = forms.CharField(label="Reason", widget=forms.Textarea(attrs={"rows": 2}))
    field_order = ("version", "into", "reason")

    def __init__(self, *args: Any, others: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "into", [("", "Choose the incident that goes on"), *others])


class SeverityForm(ScreenForm):
    """Another severity, with its reason."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    severity = forms.ChoiceField(label="Severity", choices=SEVERITIES, widget=Levels)
    override_reason = forms.CharField(label="Reason", widget=forms.Textarea(attrs={"rows": 3}))


class EditForm(ScreenForm):
    """What we know."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label="Title", max_length=200)
    summary = forms.CharField(
        label="What we know",
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Impact, cause so far, what is not affected, workaround.",
    )
    kind = forms.ChoiceField(label="Kind", choices=KINDS, widget=Levels)
    services = forms.MultipleChoiceField(
        label="Affected services",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="A newly affected service pages its people.",
    )
    visible_to_users = forms.BooleanField(label="Users notice it", required=False)
    root_cause = forms.CharField(label="Root cause", required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, services: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "services", services)


class TaskForm(ScreenForm):
    """Something to do, by whom and until when."""

    title = forms.CharField(label="Task", max_length=300)
    owner = forms.ChoiceField(label="Owner", required=False)
    due_at = InstantField(label="Due", required=False)

    def __init__(self, *args: Any, people: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "owner", [("", "Nobody yet"), *people])


class ChangeTaskForm(TaskForm):
    """The same, of a task that exists."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class AccessForm(ScreenForm):
    """Who may see it."""

    reason = forms.CharField(label="Reason", widget=forms.Textarea(attrs={"rows": 2}))


class MemberForm(ScreenForm):
    """One more person who may see it."""

    person = forms.ChoiceField(label="Person")

    def __init__(self, *args: Any, people: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "person", [("", "Choose a person"), *people])


def _choices(form: forms.Form, name: str, choices: Choices) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)
