"""Takes due work so that no two engines take the same. One of the three modules that know the SQL dialect."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from tocsin.core.engine.models import Job

_JOB = Job._meta.db_table
_COLUMNS = "id, kind, key, lane, payload, due_at, created_at, attempts, lease_version, leased_by, last_error"
_LOOK_AT = 50
"""Jobs looked at for one that no other engine holds: more than engines that one database carries."""


def _instant(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)


def _skip_locked() -> str:
    return " FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""


def _not_in(column: str, values: Collection[str]) -> str:
    return f" AND {column} NOT IN ({', '.join(['%s'] * len(values))})" if values else ""


def lease_jobs(
    *,
    kinds: Collection[str],
    holder: str,
    at: datetime,
    until: datetime,
    limit: int,
    closed_lanes: Collection[str],
    fits: Callable[[Job], bool] = lambda _job: True,
) -> list[Job]:
    """Lease up to `limit` due jobs of `kinds` until `until`. Autocommit: one statement is the whole claim.

    Those that do not fit (their lane is full by now) are left for later. A job whose lease ran out is due again, and
    `interrupted`: its holder died.
    """
    if not kinds or limit <= 0:
        return []
    sql = (
        f"SELECT {_COLUMNS} FROM {_JOB} WHERE NOT dead AND due_at <= %s"
        " AND (lease_until IS NULL OR lease_until < %s)"
        f" AND kind IN ({', '.join(['%s'] * len(kinds))}){_not_in('lane', closed_lanes)}"
        f" ORDER BY due_at, id LIMIT %s{_skip_locked()}"
    )
    if not _any_due(kinds, at):
        return []
    with transaction.atomic():
        rows = list(Job.objects.raw(sql, [_instant(at), _instant(at), *kinds, *closed_lanes, limit]))
        rows = [row for row in rows if fits(row)]
        if rows:
            marks = ", ".join(["%s"] * len(rows))
            with connection.cursor() as cursor:
                cursor.execute(
                    f"UPDATE {_JOB} SET lease_until = %s, leased_by = %s, lease_version = lease_version + 1,"
                    f" attempts = attempts + 1 WHERE id IN ({marks})",
                    [_instant(until), holder, *(row.id for row in rows)],
                )
    for row in rows:
        row.lease_version += 1
        row.attempts += 1
        row.interrupted, row.leased_by = bool(row.leased_by), holder
    return rows


def _any_due(kinds: Collection[str], at: datetime) -> bool:
    """A read alone, so that an idle engine never takes SQLite's one lock for writing."""
    sql = f"SELECT 1 FROM {_JOB} WHERE NOT dead AND due_at <= %s AND kind IN ({', '.join(['%s'] * len(kinds))}) LIMIT 1"
    with connection.cursor() as cursor:
        cursor.execute(sql, [_instant(at), *kinds])
        return cursor.fetchone() is not None


def any_job(*, kinds: Collection[str], at: datetime) -> bool:
    """True when a database-only job is due."""
    return bool(kinds) and _any_due(kinds, at)


def hold_job(*, kinds: Collection[str], at: datetime) -> Job | None:
    """The next due database-only job, held until the transaction of the caller ends: a crash lets it go by itself.

    Held beside the row, not by a lock on it: who has locked what the work waits for may still move or cancel the job,
    as a person who acknowledges while the timer rings. `remove_job` is the end of the work.
    """
    if not kinds:
        return None
    sql = (
        f"SELECT {_COLUMNS} FROM {_JOB} WHERE NOT dead AND due_at <= %s AND kind IN ({', '.join(['%s'] * len(kinds))})"
    )
    if connection.vendor != "postgresql":
        return next(iter(Job.objects.raw(f"{sql} ORDER BY due_at, id LIMIT 1", [_instant(at), *kinds])), None)
    while (id_ := _hold_next(kinds, at)) is not None:
        # Another engine may have ended it between our look and our hold.
        for job in Job.objects.raw(f"{sql} AND id = %s", [_instant(at), *kinds, id_]):
            return job
    return None


def _hold_next(kinds: Collection[str], at: datetime) -> int | None:
    sql = (
        f"SELECT id FROM (SELECT id FROM {_JOB} WHERE NOT dead AND due_at <= %s"
        f" AND kind IN ({', '.join(['%s'] * len(kinds))}) ORDER BY due_at, id LIMIT {_LOOK_AT}) AS next"
        " WHERE pg_try_advisory_xact_lock(id) LIMIT 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [_instant(at), *kinds])
        row = cursor.fetchone()
    return row[0] if row else None


def remove_job(job: Job) -> None:
    """Take a held job away when its work is done, unless it was moved meanwhile: then it comes again at its time."""
    Job.objects.filter(id=job.id, lease_version=job.lease_version).delete()
