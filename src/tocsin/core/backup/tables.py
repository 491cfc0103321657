"""Rows of any table as JSON that both databases read: what lies in the column, sealed text still sealed.

Hides how SQLite and PostgreSQL spell a moment, an id or a truth. Never opens sealed text, never changes a row.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django.apps.registry import Apps
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.migrations.state import StateApps

LEFT_OUT = frozenset({"contenttypes", "auth", "sessions"})
"""Apps whose rows are not copied: Django makes those of the first two itself, and people sign in again."""

_BATCH = 500
Row = list[Any]
Model = type[models.Model]

_READ: dict[str, Callable[[Any], Any]] = {
    "DateTimeField": datetime.fromisoformat,
    "DateField": date.fromisoformat,
    "TimeField": time.fromisoformat,
    "UUIDField": UUID,
    "DecimalField": Decimal,
    "BinaryField": b64decode,
    "DurationField": lambda microseconds: timedelta(microseconds=microseconds),
}


def tables(apps: Apps | StateApps) -> list[Model]:
    """Every table that is copied, in a fixed order, those between two models included."""
    found = [m for m in apps.get_models(include_auto_created=True) if m._meta.managed and not m._meta.proxy]
    return sorted((m for m in found if m._meta.app_label not in LEFT_OUT), key=lambda m: m._meta.db_table)


@contextmanager
def one_moment() -> Iterator[None]:
    """Within it all reads see the database as it is now, while others go on writing."""
    if connection.in_atomic_block:
        yield  # the caller's transaction is the moment
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        # Our transactions are IMMEDIATE; a copy must not keep everybody from writing for its whole length.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


def read(model: Model) -> Iterator[str]:
    """Each row of the table as one line of JSON, ordered by its key: values in the order of `columns`."""
    quote = connection.ops.quote_name
    fields = _fields(model)
    names = ", ".join(quote(field.column) for field in fields)
    made = [_converters(field) for field in fields]
    table, key = quote(model._meta.db_table), quote(str(model._meta.pk.column))
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {names} FROM {table} ORDER BY {key}")  # noqa: S608
        while rows := cursor.fetchmany(_BATCH):
            for row in rows:
                yield json.dumps([_plain(value, how) for value, how in zip(row, made, strict=True)], ensure_ascii=False)


def columns(model: Model) -> list[str]:
    """Names of the columns, in the order in which `read` gives their values."""
    return [field.column for field in _fields(model)]


def write(model: Model, names: list[str], lines: Iterable[str]) -> int:
    """Put the rows of `read` into an empty table; how many they were. Numbers given out later go on above them."""
    quote = connection.ops.quote_name
    by_column = {field.column: field for field in _fields(model)}
    fields = [by_column[name] for name in names]
    places = ", ".join(["%s"] * len(names))
    spelled = ", ".join(quote(name) for name in names)
    insert = f"INSERT INTO {quote(model._meta.db_table)} ({spelled}) VALUES ({places})"  # noqa: S608
    count = 0
    with connection.cursor() as cursor:
        for batch in _in_batches(lines):
            cursor.executemany(insert, [_stored(json.loads(line), fields) for line in batch])
            count += len(batch)
    return count


def count_on(found: list[Model]) -> None:
    """Set what numbers new rows to go on above the rows that are there."""
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), found):
            cursor.execute(sql)


def _fields(model: Model) -> list[Any]:
    return list(model._meta.concrete_fields)


def _kept_as(field: Any) -> Any:
    """The field that decides how the column looks: of a reference, the key that it points to."""
    while field.remote_field is not None:
        field = field.target_field
    return field


def _converters(field: Any) -> list[Callable[[Any], Any]]:
    """What the database's own values need to become Python's; a field's own opening of its content is left out."""
    base = _kept_as(field)
    own = getattr(base, "from_db_value", None)
    column = base.get_col(base.model._meta.db_table)
    found = [*connection.ops.get_db_converters(column), *(c for c in base.get_db_converters(connection) if c != own)]
    steps: list[Callable[[Any], Any]] = [partial(_converted, convert, column) for convert in found]
    return [*steps, _canonical] if base.get_internal_type() == "JSONField" else steps


def _converted(convert: Callable[..., Any], column: Any, value: Any) -> Any:
    return convert(value, column, connection)


def _canonical(text: str | None) -> str | None:
    """The same JSON, whichever database kept it: PostgreSQL orders the keys in its own way."""
    return None if text is None else json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True)


def _plain(value: Any, converters: list[Callable[[Any], Any]]) -> Any:
    for convert in converters:
        value = convert(value)
    match value:
        case datetime() | date() | time():
            return value.isoformat()
        case UUID() | Decimal():
            return str(value)
        case bytes() | memoryview():
            return b64encode(bytes(value)).decode()
        case timedelta():
            return value // timedelta(microseconds=1)
    return value


def _stored(values: Row, fields: list[Any]) -> Row:
    return [_spelled(value, _kept_as(field)) for value, field in zip(values, fields, strict=True)]


def _spelled(value: Any, field: Any) -> Any:
    kind = field.get_internal_type()
    if value is None or kind == "JSONField":
        return value  # JSON is copied as the text that it is
    if kind in _READ:
        value = _READ[kind](value)
    return field.get_db_prep_value(value, connection, prepared=True)


def _in_batches(lines: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    for line in lines:
        batch.append(line)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
