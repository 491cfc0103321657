"""Forms of the report: a part, a lesson, an action item, a note to a step of the review."""

from collections.abc import Sequence
from typing import Any

from django import forms

from tocsin.ui.forms import InstantField, Levels, ScreenForm

Choices = Sequence[tuple[str, str]]


class PartForm(ScreenForm):
    """What a person writes into one part. `version` is the one that was read."""

    text = forms.CharField(
        label="Your text",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text="Lines that begin with - make a list, ## makes a heading, ** around words makes them bold.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, draft: str = "", label: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.draft = draft
        self.fields["text"].label = label or "Your text"


class LessonForm(ScreenForm):
    """A lesson or recommendation of one's own."""

    kind = forms.ChoiceField(
        label="Kind",
        widget=Levels,
        choices=[("lesson", "Lesson"), ("recommendation", "Recommendation")],
        initial="lesson",
    )
    text = forms.CharField(label="Text", widget=forms.Textarea(attrs={"rows": 3}))


class EditLessonForm(ScreenForm):
    """A proposal in other words."""

    text = forms.CharField(label="In your words", widget=forms.Textarea(attrs={"rows": 4}))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ItemForm(ScreenForm):
    """What is to be done, by whom, until when, where it is tracked."""

    title = forms.CharField(label="What is to be done", max_length=300)
    owner = forms.ChoiceField(label="Owner", required=False)
    due_at = InstantField(
        label="Due", required=False, help_text="The owner is reminded a day before, and when it is over."
    )
    link = forms.CharField(label="Link", required=False, max_length=500, help_text="To the ticket or change, if any.")

    def __init__(self, *args: Any, people: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["owner"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Nobody yet"), *people]


class ChangeItemForm(ItemForm):
    """The same, of an item that exists."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class StepForm(ScreenForm):
    """A note to a step of the review."""

    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 4}))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
