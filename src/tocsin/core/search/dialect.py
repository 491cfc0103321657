"""The full-text index itself. One of the three modules that know the SQL dialect: FTS5, or tsvector."""

import re
from typing import Any

import structlog
from django.db import DatabaseError, connection, transaction

from tocsin.core.search.models import Document

log = structlog.get_logger()

_TABLE = Document._meta.db_table
_COLUMNS = "id, stream, kind, reference, title, body, url, updated_at"

_SQLITE = (
    f"CREATE VIRTUAL TABLE IF NOT EXISTS {_TABLE}_fts USING fts5(reference, title, body, content='{_TABLE}',"
    " content_rowid='id', tokenize=\"unicode61 remove_diacritics 2\", prefix='2 3')",
    f"CREATE TRIGGER IF NOT EXISTS {_TABLE}_ai AFTER INSERT ON {_TABLE} BEGIN INSERT INTO {_TABLE}_fts"
    "(rowid, reference, title, body) VALUES (NEW.id, NEW.reference, NEW.title, NEW.body); END",
    f"CREATE TRIGGER IF NOT EXISTS {_TABLE}_ad AFTER DELETE ON {_TABLE} BEGIN INSERT INTO {_TABLE}_fts"
    f"({_TABLE}_fts, rowid, reference, title, body) VALUES ('delete', OLD.id, OLD.reference, OLD.title, OLD.body); END",
    f"CREATE TRIGGER IF NOT EXISTS {_TABLE}_au AFTER UPDATE ON {_TABLE} BEGIN INSERT INTO {_TABLE}_fts"
    f"({_TABLE}_fts, rowid, reference, title, body) VALUES ('delete', OLD.id, OLD.reference, OLD.title, OLD.body);"
    f" INSERT INTO {_TABLE}_fts(rowid, reference, title, body)"
    " VALUES (NEW.id, NEW.reference, NEW.title, NEW.body); END",
)
_TEXT = "reference || ' ' || title || ' ' || body"
# Words are split as the query splits them; PostgreSQL's own parser would read INC-2 as 'inc' and the number -2.
_VECTOR = f"to_tsvector('simple', regexp_replace({_TEXT}, '\\W+', ' ', 'g'))"
_POSTGRESQL = (f"CREATE INDEX IF NOT EXISTS {_TABLE}_fts ON {_TABLE} USING gin ({_VECTOR})",)
_WORD = re.compile(r"\w+")


def install_index(**_: Any) -> None:
    """Create the index and its triggers when missing. Receiver of Django's post_migrate."""
    with connection.cursor() as cursor:
        for sql in _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE:
            cursor.execute(sql)


def install_parts_index(table: str, column: str, **_: Any) -> None:
    """Have parts of a column's words found (Django's `icontains`) without reading the table. For post_migrate.

    PostgreSQL alone needs it, by trigrams, which only the database's owner may install; where that is refused, it
    finds the same, slowly. SQLite reads a hundred thousand rows in less time than a page takes.
    """
    if connection.vendor != "postgresql":
        return
    name = f"{table}_{column}_parts"
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            cursor.execute(
                f"CREATE INDEX IF NOT EXISTS {name} ON {table} USING gin (upper({column}::text) gin_trgm_ops)"
            )
    except DatabaseError as error:
        log.warning("search_parts_not_indexed", table=table, column=column, reason=str(error).strip())


def rebuild_index() -> None:
    """Fill the index from the documents, after they were written past its triggers. PostgreSQL's fills itself."""
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {_TABLE}_fts({_TABLE}_fts) VALUES ('rebuild')")


def matches(text: str, limit: int) -> list[Document]:
    """Documents with all words of `text` (the last may be a beginning), best first. Any input is safe."""
    words = _WORD.findall(text)[:12]
    if not words:
        return []
    if connection.vendor == "postgresql":
        query = " & ".join([*(f"'{w}'" for w in words[:-1]), f"'{words[-1]}':*"])
        sql = (
            f"SELECT {_COLUMNS} FROM {_TABLE}, to_tsquery('simple', %s) q WHERE {_VECTOR} @@ q"
            f" ORDER BY ts_rank({_VECTOR}, q) DESC, updated_at DESC LIMIT %s"
        )
    else:
        query = " AND ".join([*(f'"{w}"' for w in words[:-1]), f'"{words[-1]}"*'])
        columns = ", ".join(f"d.{c}" for c in _COLUMNS.split(", "))
        sql = (
            f"SELECT {columns} FROM {_TABLE}_fts f JOIN {_TABLE} d ON d.id = f.rowid"
            f" WHERE {_TABLE}_fts MATCH %s ORDER BY bm25({_TABLE}_fts, 8, 4, 1), d.updated_at DESC LIMIT %s"
        )
    return list(Document.objects.raw(sql, [query, limit]))
