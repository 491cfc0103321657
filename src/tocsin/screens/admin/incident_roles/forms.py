"""What a role asks for: shape of the input only, the command decides."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms

from tocsin.ui.forms import ScreenForm

_LINE = re.compile(r"(\d{1,5})\s*(?:min)?\s+(.+)")


class DutiesField(forms.CharField):
    """One duty a line: minutes, then what to do."""

    widget = forms.Textarea(attrs={"rows": 6})

    def prepare_value(self, value: Any) -> Any:
        """Duties as lines."""
        if isinstance(value, str) or value is None:
            return value
        return "\n".join(f"{minutes} {text}" for minutes, text in value)

    def to_python(self, value: Any) -> Any:
        """Lines as duties."""
        found = []
        for line in (super().to_python(value) or "").splitlines():
            if not line.strip():
                continue
            match = _LINE.fullmatch(line.strip())
            if match is None:
                raise forms.ValidationError(f"Begin each line with minutes, like '10 {line.strip()[:40]}'.")
            found.append({"minutes": int(match[1]), "text": match[2]})
        return found


class RoleKindForm(ScreenForm):
    """Skills and duties; a new one also has a name."""

    name = forms.CharField(label="Name", max_length=40, help_text="Like Data lead or Vendor contact.")
    skills = forms.CharField(
        label="Skills",
        required=False,
        help_text="Separated by commas; people whose profile names one of them are suggested.",
    )
    duties = DutiesField(
        label="Standing duties",
        required=False,
        help_text="One a line: within how many minutes of taking the role, then what to do.",
    )

    def __init__(self, *args: Any, named: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not named:
            del self.fields["name"]

    def asked(self) -> dict[str, Any]:
        """Skills and duties as the command takes them."""
        words: Iterable[str] = self.cleaned_data["skills"].split(",")
        return {"skills": [word.strip() for word in words if word.strip()], "duties": self.cleaned_data["duties"]}

    def slug(self) -> str:
        """The name as a slug."""
        return re.sub(r"[^a-z0-9]+", "-", self.cleaned_data["name"].lower()).strip("-")
