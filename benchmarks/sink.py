"""A webhook that takes everything and notes when it came. Hides the server; runs in threads of this process."""

import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Sink:
    """What came: pairs of the moment (perf_counter) and the body."""

    url: str
    came: "queue.Queue[tuple[float, bytes]]" = field(default_factory=queue.Queue)

    def all(self) -> list[tuple[float, bytes]]:
        """Everything that came and was not taken yet."""
        taken = []
        while not self.came.empty():
            taken.append(self.came.get())
        return taken


@contextmanager
def sink() -> Iterator[Sink]:
    """A sink on a free port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.sink = Sink(f"http://127.0.0.1:{server.server_port}/hook")  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.sink  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.sink.came.put((time.perf_counter(), body))  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Nothing: the figures are the log."""
