"""Which integration a key belongs to: a table in memory, renewed every 2 seconds by a thread of its own.

A store that is away leaves the last table standing. Never asks the store in the event loop.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Sequence

import structlog
from django.db import DatabaseError, connection

from tocsin.domain.alerts.queries import Door
from tocsin.ingest.writer import StoreUnwell
from tocsin.kernel.ids import token_hash

log = structlog.get_logger()

RENEW_EVERY = 2.0
_LOOK_AGAIN_AFTER = 0.2


class Keys:
    """Keys to integrations. `load` reads all of them from the store."""

    def __init__(self, load: Callable[[], Sequence[Door]]) -> None:
        self._load = load
        self._table: dict[str, Door] = {}
        self._hashes: dict[str, str] = {}
        self._loaded_at = -RENEW_EVERY
        self._well = False
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._looking = asyncio.Lock()

    async def start(self) -> None:
        """Read the table, then keep renewing it. A store that is away does not keep the door from opening."""
        self._stopping.clear()
        self._looking = asyncio.Lock()
        await asyncio.to_thread(self._renew_in_thread)
        self._thread = threading.Thread(target=self._run, name="ingest-keys", daemon=True)
        self._thread.start()

    async def stop(self) -> None:
        """End the thread."""
        self._stopping.set()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join, 5)
            self._thread = None

    async def find(self, key: str) -> Door | None:
        """The integration of a key; None when there is none. Raises `StoreUnwell` when nobody can know.

        An unknown key is looked up anew, at most five times a second for all callers together: a key made a moment
        ago works at once, and guessing costs the store nothing.
        """
        door = self._known(key)
        if door is not None or not key:
            return door
        asked_at = time.monotonic()
        async with self._looking:
            if self._loaded_at < asked_at:
                await asyncio.sleep(self._loaded_at + _LOOK_AGAIN_AFTER - time.monotonic())
                await asyncio.to_thread(self._renew_in_thread)
        door = self._known(key)
        if door is None and not self._well:
            raise StoreUnwell("The table of keys could not be read.")
        return door

    def _known(self, key: str) -> Door | None:
        hashed = self._hashes.get(key)
        if hashed is not None:
            return self._table.get(hashed)
        hashed = token_hash(key)
        door = self._table.get(hashed)
        if door is not None:
            self._hashes[key] = hashed
        return door

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._renew()
            self._stopping.wait(RENEW_EVERY)
        connection.close()

    def _renew_in_thread(self) -> None:
        try:
            self._renew()
        finally:
            connection.close()

    def _renew(self) -> None:
        began = time.monotonic()
        try:
            doors = self._load()
        except DatabaseError:
            log.warning("ingest_keys_not_renewed", exc_info=True)
            self._well = False
            connection.close()
            return
        finally:
            self._loaded_at = began
        self._well = True
        self._table = {hashed: door for door in doors for hashed in door.key_hashes}
        self._hashes = {key: hashed for key, hashed in self._hashes.items() if hashed in self._table}
