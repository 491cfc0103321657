"""CSV that a spreadsheet cannot be tricked with.

A cell that would start a formula is quoted with an apostrophe (OWASP ASVS 5.0, 1.2.10). Times are ISO 8601 in UTC.
"""

from collections.abc import Iterable, Sequence
from csv import writer
from datetime import UTC, datetime
from io import StringIO

from django.http import HttpResponse

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def cell(value: object) -> str:
    """One cell as text. Numbers stay numbers; text that a spreadsheet would run gets an apostrophe first."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The whole file, lines ended by CRLF (RFC 4180)."""
    out = StringIO()
    lines = writer(out)
    lines.writerow([cell(name) for name in header])
    lines.writerows([cell(value) for value in row] for row in rows)
    return out.getvalue()


def response(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """The file as a download called `<name>.csv`, with a byte order mark so that spreadsheets read UTF-8."""
    return HttpResponse(
        "\ufeff" + text(header, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )
