"""Several forms of one kind on a page, without scripts: one button adds a blank row, two move one up or
down, a checkbox leaves one out.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

from tocsin.ui.access import ScreenRequest
from tocsin.ui.forms import ScreenForm

F = TypeVar("F", bound=ScreenForm)
MOST = 20


class Rows(Generic[F]):
    """The forms of a page, numbered from 1. On a POST as many as were sent, one more when `add` was pressed.

    `add` with `<prefix>-room` only draws them anew, for forms that have room for more once they are filled.
    """

    def __init__(
        self, request: ScreenRequest, kind: type[F], prefix: str, initial: Sequence[Mapping[str, Any]], **given: Any
    ) -> None:
        self.prefix, self.adds = prefix, request.POST.get("add") == prefix
        moved = _moved(request.POST.get("move", ""), prefix)
        room = request.POST.get("add") == f"{prefix}-room"
        self.adds = self.adds or room or moved is not None
        self.moved = ""
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
            self.forms = [
                kind(prefix=f.prefix, initial=_sent(data, f.prefix) | {"room": room}, **given) for f in self.forms
            ]
            if moved is not None:
                self._move(data, *moved, kind, given)
            elif not room and len(self.forms) < MOST:
                self.forms.append(kind(prefix=f"{prefix}{count}", **given))
        self.count = max([int(str(f.prefix)[len(prefix) :]) + 1 for f in self.forms], default=1)

    def _move(self, data: Mapping[str, Any], row: str, step: int, kind: type[F], given: Mapping[str, Any]) -> None:
        """One place up or down: two rows change what they hold, so that the numbers stay in order."""
        names = [str(form.prefix) for form in self.forms]
        at = names.index(row) if row in names else -1
        other = at + step
        if at < 0 or not 0 <= other < len(names):
            return
        for place, source in ((at, other), (other, at)):
            self.forms[place] = kind(prefix=names[place], initial=_sent(data, names[source]), **given)
        self.moved = names[other]

    def is_valid(self) -> bool:
        """True when every form is; all are checked, so that all errors show."""
        checked = [form.is_valid() for form in self.forms]
        return not self.adds and all(checked)


def _moved(text: str, prefix: str) -> tuple[str, int] | None:
    """`step2:up` as the row and the way; None for anything else."""
    row, _, way = text.partition(":")
    return (row, {"up": -1, "down": 1}[way]) if row.startswith(prefix) and way in {"up", "down"} else None


def _sent(data: Any, prefix: str | None) -> dict[str, Any]:
    """What was sent for one row; a name that was sent several times is a list."""
    start = f"{prefix}-"
    return {
        name[len(start) :]: values if len(values) > 1 else values[0]
        for name, values in data.lists()
        if name.startswith(start) and values
    }


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() and len(text) < 4 else 1
