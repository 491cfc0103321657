"""The database engine `tocsin.core.sqlite`: every transaction, whoever begins it, stands in one queue for the writer.

All transactions here begin as writers (`transaction_mode` IMMEDIATE), so that each of them would wait for SQLite's
lock by polling. Django's contract for an engine: https://docs.djangoproject.com/en/5.2/ref/databases/
#subclassing-the-built-in-database-backends.
"""

from typing import Any

from django.db.backends.sqlite3 import base

from tocsin.core.sqlite.turnstile import Turnstile


class DatabaseWrapper(base.DatabaseWrapper):
    """One thread's connection; it holds its turn from the beginning of a transaction to its end."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._turnstile = Turnstile()

    def _start_transaction_under_autocommit(self) -> None:
        if not self.is_in_memory_db():
            self._turnstile.enter(str(self.settings_dict["NAME"]))
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._turnstile.leave()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._turnstile.leave()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._turnstile.leave()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._turnstile.close()
