"""Renews the keys of an installation while it runs: new keys first, then everything sealed is sealed anew.

Hides where sealed text lies. Interrupted at any point nothing is lost: each row opens under the key that it names.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.apps import apps
from django.db import connection

from tocsin.core.secrets.keyring import drop, keyring, renew
from tocsin.core.secrets.models import DataKey
from tocsin.core.secrets.sealing import SealedTextField, open_sealed, seal
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, NotFound

_SLICE = 200
SETTLED_AFTER = timedelta(minutes=10)
"""How long after a renewal a key is kept at least: longer than any transaction that may still write under it."""


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of sealed text; the scope of a row is `scope`, or made of its key."""

    table: str
    key: str
    column: str
    scope: str

    def scope_of(self, key: object) -> str:
        """What the text of that row was sealed for."""
        return self.scope or f"key:{key}"


def renew_keys() -> int:
    """New sealing and signing keys, then seal everything anew; how many texts. Repeat it when it was interrupted."""
    renew()
    return seal_anew()


def seal_anew() -> int:
    """Seal what still stands under an earlier key under the current one; how many texts. Safe at any time."""
    return sum(_seal_column_anew(column) for column in _columns())


def sealed_under(name: str) -> int:
    """How many texts still need that key."""
    return sum(_count(column, f"v1.{name}.%") for column in _columns())


def retire(name: str) -> None:
    """Forget an earlier sealing key. Raises `NotFound`, and `Conflict` while anything may still need it."""
    ring = keyring()
    if name not in ring.sealing:
        raise NotFound(f"There is no sealing key '{name}'; there are {', '.join(ring.sealing)}.")
    if name == ring.current:
        raise Conflict(f"'{name}' is the current key; renew the keys first: tocsin keys renew")
    if ring.renewed_at and now() - ring.renewed_at < SETTLED_AFTER:
        raise Conflict("The keys were renewed less than ten minutes ago; wait until every transaction has ended.")
    left = sealed_under(name)
    if left:
        raise Conflict(f"{left} texts are still sealed under '{name}'; seal them anew first: tocsin keys renew --again")
    drop(name)


def _columns() -> list[_Column]:
    found = [_Column(DataKey._meta.db_table, "scope", "wrapped", "")]
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, SealedTextField):
                scope = f"{model._meta.label_lower}.{field.name}"
                found.append(_Column(model._meta.db_table, str(model._meta.pk.column), str(field.column), scope))
    return found


def _seal_column_anew(column: _Column) -> int:
    quote = connection.ops.quote_name
    table, key, name = quote(column.table), quote(column.key), quote(column.column)
    select = (
        f"SELECT {key}, {name} FROM {table} "  # noqa: S608
        f"WHERE {name} LIKE 'v1.%%' AND {name} NOT LIKE %s ORDER BY {key} LIMIT {_SLICE}"
    )
    # Only over the very text that was read: whoever changed it meanwhile sealed it under the current key.
    update = f"UPDATE {table} SET {name} = %s WHERE {key} = %s AND {name} = %s"  # noqa: S608
    count = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(select, [f"v1.{keyring().current}.%"])
            rows = cursor.fetchall()
            if not rows:
                return count
            changes = [(seal(open_sealed(old, column.scope_of(k)), column.scope_of(k)), k, old) for k, old in rows]
            cursor.executemany(update, changes)
        count += len(rows)


def _count(column: _Column, like: str) -> int:
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        table, name = quote(column.table), quote(column.column)
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {name} LIKE %s", [like])  # noqa: S608
        return int(cursor.fetchone()[0])
