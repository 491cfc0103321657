"""Tables of any query: filter, sort, page, CSV, all in the address so that it can be sent to a colleague.

A screen declares columns and filters and gives one function that fetches. Hides the query string and the paging;
never touches the database and never decides what the actor may see (the query does).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest, HttpResponse

from tocsin.kernel.errors import Invalid
from tocsin.ui import csv, times
from tocsin.ui.access import actor_of
from tocsin.ui.saved_views import OpensWithDefault, Saved, saved_views

Row = TypeVar("Row")
PAGE_SIZE = 25
CSV_LIMIT = 10_000
_NOT_KEPT = frozenset({"page", "after", "format", "part"})
"""Of an address: where in the rows, in which form, or which part of the page alone."""


@dataclass(frozen=True, slots=True)
class Query:
    """What the page asks of the fetching function. Filters without a value are not in `filters`."""

    text: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    descending: bool = False
    offset: int = 0
    limit: int = PAGE_SIZE
    after: str = ""


@dataclass(frozen=True, slots=True)
class Slice(Generic[Row]):
    """What comes back. `total` None: unknown. `next` is the key to continue after, for keyset pages."""

    rows: Sequence[Row]
    total: int | None = None
    next: str = ""


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column. `value` gives the cell (text, number, datetime or safe markup), `plain` the cell of the CSV.

    `sort`: the name given to the fetching function, empty when it cannot be sorted. `narrow=False` hides it on a
    phone. The first column is the subject: it takes all spare width.
    """

    key: str
    label: str
    value: Callable[[Row], Any]
    sort: str = ""
    number: bool = False
    narrow: bool = True
    plain: Callable[[Row], Any] | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter: a select when it has `choices` (value, label), else a text field."""

    key: str
    label: str
    choices: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Table(Generic[Row]):
    """The declaration, made once per screen; `page(request, fetch)` asks for one page of it."""

    name: str
    caption: str
    columns: Sequence[Column[Row]]
    filters: Sequence[Filter] = ()
    sort: str = ""
    search: bool = True
    size: int = PAGE_SIZE
    keeps_views: bool = True

    def query(self, request: HttpRequest, *, limit: int = 0) -> Query:
        """The query that the address asks for. Raises `Invalid` for a sort or page that does not exist."""
        given = request.GET
        sort = given.get("sort", self.sort)
        if sort and sort.lstrip("-") not in {c.sort for c in self.columns if c.sort}:
            raise Invalid(f"sort: this table cannot be sorted by '{sort}'.", field="sort")
        return Query(
            text=given.get("q", "").strip()[:200],
            filters={f.key: given[f.key] for f in self.filters if given.get(f.key)},
            sort=sort.lstrip("-"),
            descending=sort.startswith("-"),
            offset=(_page(given.get("page", "1")) - 1) * self.size,
            limit=limit or self.size,
            after=given.get("after", ""),
        )

    def page(self, request: HttpRequest, fetch: Callable[[Query], Slice[Row]]) -> "Page[Row]":
        """One page, ready for `<c-table :table="page">`. A bare address opens with the person's default view."""
        saved = saved_views(actor_of(request), self.name) if self.keeps_views else ()
        default = next((view for view in saved if view.default and view.mine), None)
        if default and not request.GET and request.method == "GET" and request.headers.get("HX-Request") != "true":
            raise OpensWithDefault(f"{request.path}?{default.query}")
        query = self.query(request)
        return Page(self, request, query, fetch(query), saved)

    def csv(self, request: HttpRequest, fetch: Callable[[Query], Slice[Row]]) -> HttpResponse | None:
        """The CSV of the same rows when the address has `format=csv` (at most 10,000 rows), else None."""
        if request.GET.get("format") != "csv":
            return None
        query = self.query(request, limit=CSV_LIMIT)
        cells = [[(c.plain or c.value)(row) for c in self.columns] for row in fetch(query).rows]
        return csv.response(self.name, [c.label for c in self.columns], cells)


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading as the template draws it. `order` is ascending, descending or empty."""

    column: Column[Any]
    url: str
    order: str


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a table, with the addresses of its neighbours."""

    table: Table[Row]
    request: HttpRequest
    query: Query
    slice: Slice[Row]
    saved: Sequence[Saved] = ()

    @property
    def view_query(self) -> str:
        """What would be kept as a view: everything of the address but the page."""
        left_out = {*_NOT_KEPT, "view"}
        return urlencode([(k, v) for k, v in self.request.GET.items() if k not in left_out and v])

    @property
    def views(self) -> list[tuple[Saved, str, bool]]:
        """Saved views with their address, and whether this page shows it."""
        shown = sorted(parse_qsl(self.view_query))
        return [(v, f"{self.request.path}?{v.query}", sorted(parse_qsl(v.query)) == shown) for v in self.saved]

    @property
    def current_view(self) -> Saved | None:
        """The saved view that this page shows, if it is one's own."""
        return next((view for view, _, current in self.views if current and view.mine), None)

    @property
    def may_keep(self) -> bool:
        """True when there is something to keep that is not a view yet."""
        known = any(current for _, _, current in self.views)
        keeps = self.table.keeps_views and bool(actor_of(self.request).person)
        return keeps and not known and bool(self.view_query)

    @property
    def rows(self) -> Sequence[Row]:
        """The rows themselves, for a template that draws them by hand."""
        return self.slice.rows

    @property
    def cells(self) -> list[list[tuple[Column[Row], Any]]]:
        """Every row as (column, value) pairs; an instant is drawn as everywhere else."""
        return [[(column, _drawn(column.value(row))) for column in self.table.columns] for row in self.rows]

    @property
    def headings(self) -> list[Heading]:
        """Headings with the address that sorts by them; a second press turns the order round."""
        return [Heading(c, self._sort_url(c), self._order(c)) for c in self.table.columns]

    @property
    def filtered(self) -> bool:
        """True when something narrows the rows."""
        return bool(self.query.filters or self.query.text)

    @property
    def chosen(self) -> list[tuple[Filter, str]]:
        """Filters with the value chosen now."""
        return [(f, self.query.filters.get(f.key, "")) for f in self.table.filters]

    @property
    def range_words(self) -> str:
        """`"1 to 25 of 38"`."""
        if not self.rows:
            return "Nothing to show"
        first = self.query.offset + 1
        words = f"{first} to {first + len(self.rows) - 1}"
        return words if self.slice.total is None or self.query.after else f"{words} of {self.slice.total}"

    @property
    def previous_url(self) -> str:
        """Address of the page before, empty on the first. Keyset pages go back with the browser."""
        number = self.query.offset // self.table.size
        return self.url(page=str(number)) if number >= 1 else ""

    @property
    def next_url(self) -> str:
        """Address of the page after, empty on the last."""
        if self.slice.next:
            return self.url(after=self.slice.next)
        end = self.query.offset + len(self.rows)
        more = end < self.slice.total if self.slice.total is not None else len(self.rows) == self.table.size
        return self.url(page=str(self.query.offset // self.table.size + 2)) if more else ""

    @property
    def csv_url(self) -> str:
        """Address of the CSV of the same filter and order."""
        return self.url(format="csv")

    @property
    def clear_url(self) -> str:
        """Address without filters, and without the default view."""
        return f"{self.request.path}?view=all" if any(v.default for v in self.saved) else self.request.path

    def url(self, **changes: str) -> str:
        """This address with other parameters; changing anything but the page starts at the first page."""
        given = {key: value for key, value in self.request.GET.items() if key not in _NOT_KEPT}
        given.update(changes)
        return f"{self.request.path}?{urlencode({k: v for k, v in given.items() if v})}"

    def _order(self, column: Column[Row]) -> str:
        if not column.sort or column.sort != self.query.sort:
            return ""
        return "descending" if self.query.descending else "ascending"

    def _sort_url(self, column: Column[Row]) -> str:
        if not column.sort:
            return ""
        return self.url(sort=f"-{column.sort}" if self._order(column) == "ascending" else column.sort)


def from_list(rows: Sequence[Row], columns: Sequence[Column[Row]]) -> Callable[[Query], Slice[Row]]:
    """A fetching function over rows that are already here; for short lists (settings, places)."""
    plain = {c.sort or c.key: (c.plain or c.value) for c in columns}

    def fetch(query: Query) -> Slice[Row]:
        found = [row for row in rows if _holds(row, plain, query)]
        if query.sort in plain:
            found.sort(key=lambda row: _sortable(plain[query.sort](row)), reverse=query.descending)
        return Slice(found[query.offset : query.offset + query.limit], len(found))

    return fetch


def _holds(row: Row, plain: Mapping[str, Callable[[Row], Any]], query: Query) -> bool:
    for key, wanted in query.filters.items():
        if key in plain and str(plain[key](row)) != wanted:
            return False
    return not query.text or any(query.text.lower() in str(value(row)).lower() for value in plain.values())


def _sortable(value: Any) -> tuple[bool, Any]:
    return (
        value is None,
        value if isinstance(value, int | float) or hasattr(value, "isoformat") else str(value).lower(),
    )


def _drawn(value: Any) -> Any:
    if isinstance(value, datetime):
        return times.time_element(value, "auto")
    return "–" if value is None else value


def _page(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 100_000:
        raise Invalid(f"page: '{text}' is not a page number.", field="page")
    return int(text)
