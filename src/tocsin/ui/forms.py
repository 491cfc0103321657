"""Forms in our language: rendered through the field component, refused by commands without losing input.

Hides widget classes and the wiring of hint and error to the field. Never decides what is valid beyond the shape
of the input: the command does, and its `Invalid(field=…)` lands beside the field it names.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from tocsin.kernel.durations import human_duration, parse_duration
from tocsin.kernel.errors import Conflict, Denied, Invalid, Refused
from tocsin.ui import picking
from tocsin.ui.times import on_wall

_PLAIN = (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple, forms.HiddenInput)

WRITE, CHOOSE = "It is needed: fill it in.", "It is needed: choose one."


class ScreenForm(forms.Form):
    """Base of every form. `draft` names the browser's saved draft (long forms only)."""

    template_name = "ui/parts/form.html"
    draft = ""
    sources: dict[str, str] = {}
    """Where a prefilled value comes from, per field; shown as a tag beside the label."""

    def __init__(self, *args: Any, sources: dict[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sources = {**self.sources, **(sources or {})}
        for field in self.fields.values():
            style(field)

    def render(self, template_name: Any = None, context: Any = None, renderer: Any = None) -> SafeString:
        """`{{ form }}` through our own templates; Django's form engine does not know our components."""
        return render_to_string(template_name or self.template_name, {"form": self, **(context or {})})

    __str__ = render
    __html__ = render

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Run a command inside: `Invalid`, `Conflict` and `Denied` become errors of the form, the input stays.

        The view returns its redirect inside the block; falling out of it means that the command refused.
        """
        try:
            yield
        except (Invalid, Conflict, Denied) as refused:
            self.refuse(refused)

    def full_clean(self) -> None:
        """As Django does, but a form that was posted only to search its lists has no errors to show."""
        super().full_clean()
        if self.finding:
            self.errors.clear()

    def is_valid(self) -> bool:
        """False as well while somebody searches a list of the form: it is drawn again as typed, nothing is done."""
        return super().is_valid() and not self.finding

    @property
    def finding(self) -> bool:
        """True when the form was posted to search one of its lists."""
        return picking.finding(self.data)

    def refuse(self, refused: Refused) -> None:
        """Put a refusal beside the field it names, or on top when the form has no such field."""
        known = refused.field in self.fields
        self.add_error(refused.field if known else None, on_wall(bare(refused)))

    def errors_listed(self) -> list[tuple[BoundField | None, str]]:
        """Every error with the field it belongs to (None: the form as a whole), in the order of the page."""
        found: list[tuple[BoundField | None, str]] = [(None, str(text)) for text in self.non_field_errors()]
        for bound in self:
            found += [(bound, str(text)) for text in bound.errors]
        return found


def style(field: forms.Field) -> None:
    """Give a field's widget the classes of the design language."""
    widget = field.widget
    if field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
        field.error_messages["required"] = CHOOSE if isinstance(field, forms.ChoiceField) else WRITE
    if isinstance(widget, _PLAIN):
        return
    if isinstance(widget, forms.Textarea) and widget.attrs.get("rows") == "10":
        widget.attrs = {**widget.attrs, "rows": "4"}
    name = "form-select" if isinstance(widget, forms.Select | forms.SelectMultiple) else "form-control"
    classes = widget.attrs.get("class", "")
    if name not in classes.split():
        widget.attrs["class"] = f"{classes} {name}".strip()


def bare(refused: Refused) -> str:
    """The sentence without the name of the field in front, which the label beside it says already."""
    text = refused.sentence.removeprefix(f"{refused.field}: ") if refused.field else refused.sentence
    return text[:1].upper() + text[1:]


def kind(bound: BoundField) -> str:
    """How the field component draws it: check, radio, checks, hidden, plain; pick and pick_one when it is long."""
    widget = bound.field.widget
    if picking.is_long(bound.field):
        return "pick" if isinstance(widget, forms.CheckboxSelectMultiple) else "pick_one"
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "checks"
    if isinstance(widget, forms.RadioSelect):
        return "levels" if isinstance(widget, Levels) else "radio"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    return "hidden" if bound.is_hidden else "plain"


def one_choice(name: str, label: str, choices: list[Any], value: str, asked: Mapping[str, Any]) -> BoundField:
    """A field of its own for a choice that stands in the address; `asked`: what the address says."""
    form = ScreenForm(auto_id="f-%s", initial={name: value})
    form.fields[name] = field = forms.ChoiceField(label=label, choices=choices, required=False)
    style(field)
    form.data = asked
    return form[name]


class Levels(forms.RadioSelect):
    """Radios as one segmented control; for two to five short words."""


class DurationField(forms.CharField):
    """A duration as people write it: 90s, 5m, 1h 30m."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "Like 90s, 5m or 1h 30m.")
        super().__init__(**kwargs)

    def prepare_value(self, value: object) -> object:
        """A timedelta in the same words that can be typed."""
        return human_duration(value).replace("\N{NO-BREAK SPACE}", "") if isinstance(value, timedelta) else value

    def to_python(self, value: Any) -> Any:
        """`timedelta`, or None when empty."""
        text = super().to_python(value)
        if not text:
            return None
        try:
            return parse_duration(text)
        except Invalid as refused:
            raise forms.ValidationError(bare(refused)) from refused

    def validate(self, value: object) -> None:
        """Only that a required one is there; the parsing has checked the rest."""
        if value is None and self.required:
            raise forms.ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: object) -> None:
        """Length limits of text do not apply to a duration."""


class InstantField(forms.DateTimeField):
    """A date and time in the viewer's zone, with the browser's own picker; cleaned to aware UTC."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("input_formats", ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"])
        super().__init__(**kwargs)

    def clean(self, value: object) -> datetime | None:
        """The instant in UTC, as everything that is kept and said of it takes for granted."""
        found: datetime | None = super().clean(value)
        try:
            return found.astimezone(UTC) if found is not None else None
        except OverflowError as error:
            raise forms.ValidationError("This time cannot be written in UTC; correct the year.") from error

    def prepare_value(self, value: object) -> object:
        """The instant as the viewer's wall clock."""
        return timezone.localtime(value) if isinstance(value, datetime) else value


def on_whose_clock(form: forms.Form, *names: str) -> None:
    """Say below instants in whose zone they are read: where the page also tells times of another zone."""
    for name in names:
        form.fields[name].help_text = f"On your clock, {timezone.get_current_timezone_name()}."


class TypedConfirmation(ScreenForm):
    """For what cannot be undone: the person types the name of the thing. Build it with `expected`."""

    confirm = forms.CharField(label="Type the name to confirm")

    def __init__(self, *args: Any, expected: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected
        self.fields["confirm"].label = f"Type {expected} to confirm"
        self.fields["confirm"].error_messages["required"] = f"Type {expected} exactly; nothing was done."
        self.fields["confirm"].widget.attrs |= {"data-typed": expected, "autocomplete": "off", "spellcheck": "false"}

    def clean_confirm(self) -> str:
        """The typed name, when it is the expected one."""
        typed = str(self.cleaned_data["confirm"]).strip()
        if typed != self.expected:
            raise forms.ValidationError(f"Type {self.expected} exactly; nothing was done.")
        return typed
