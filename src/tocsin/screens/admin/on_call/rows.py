"""Several forms of one kind on a page, without scripts: one button adds a blank row, a checkbox leaves one out."""

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

from tocsin.ui.access import ScreenRequest
from tocsin.ui.forms import ScreenForm

F = TypeVar("F", bound=ScreenForm)
MOST = 20


class Rows(Generic[F]):
    """The forms of a page, numbered from 1. On a POST as many as were sent, one more when `add` was pressed."""

    def __init__(
        self, request: ScreenRequest, kind: type[F], prefix: str, initial: Sequence[Mapping[str, Any]], **given: Any
    ) -> None:
        self.prefix, self.adds = prefix, request.POST.get("add") == prefix
        sent = request.method == "POST"
        data = request.POST.copy() if sent else None
        count = _number(request.POST.get(f"{prefix}-count")) if sent else max(1, len(initial))
        self.forms: list[F] = []
        for at in range(min(count, MOST)):
            if data is not None and data.get(f"{prefix}{at}-leave_out"):
                continue
            values = initial[at] if at < len(initial) else {}
            name = f"{prefix}{at}"
            self.forms.append(kind(None if self.adds else data, prefix=name, initial=values, **given))
        if self.adds and data is not None:
            self.forms = [kind(prefix=f.prefix, initial=_sent(data, f.prefix), **given) for f in self.forms]
            if len(self.forms) < MOST:
                self.forms.append(kind(prefix=f"{prefix}{count}", **given))
        self.count = max([int(str(f.prefix)[len(prefix) :]) + 1 for f in self.forms], default=1)

    def is_valid(self) -> bool:
        """True when every form is; all are checked, so that all errors show."""
        checked = [form.is_valid() for form in self.forms]
        return not self.adds and all(checked)


def _sent(data: Mapping[str, Any], prefix: str | None) -> dict[str, Any]:
    start = f"{prefix}-"
    return {name[len(start) :]: value for name, value in data.items() if name.startswith(start)}


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() and len(text) < 4 else 1
