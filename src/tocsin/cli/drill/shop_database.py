"""The shop's database: one process that owns an SQLite file and answers line by line on a port of this machine.

    python -m tocsin.cli.drill.shop_database FILE PORT

An order is confirmed after it is on disk. Started again after a kill, it recovers its file and goes on counting.
"""

import json
import socketserver
import sqlite3
import sys
import threading


class Database:
    """The orders, in a file."""

    def __init__(self, file: str) -> None:
        self._lock = threading.Lock()
        self._store = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._store.execute("PRAGMA journal_mode=WAL")
        self._store.execute("PRAGMA synchronous=FULL")
        self._store.execute("CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, goods TEXT NOT NULL)")

    def ask(self, what: dict[str, str]) -> dict[str, int]:
        """`{"do": "order", "goods": …}` adds one; anything else only counts."""
        with self._lock:
            if what.get("do") == "order":
                self._store.execute("INSERT INTO orders (goods) VALUES (?)", [what.get("goods", "")[:80]])
            (count,) = self._store.execute("SELECT count(*) FROM orders").fetchone()
            return {"orders": count}


def serve(file: str, port: int) -> None:
    """Answer until killed."""
    database = Database(file)

    class Asked(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            for line in self.rfile:
                self.wfile.write(json.dumps(database.ask(json.loads(line))).encode() + b"\n")

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", port), Asked) as server:
        server.serve_forever()


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
