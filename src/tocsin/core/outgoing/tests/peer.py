"""A real HTTP server on the loopback, for tests: counts connections, keeps requests, answers as told."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Peer:
    """`answer` is the raw bytes to reply with; None closes the connection without a word."""

    port: int
    answer: bytes | None = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
    drip: float = 0
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)

    def replies(self, status: str, *headers: str, body: bytes = b"") -> None:
        """Answer every request with this status line and headers."""
        lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "Connection: close", "", ""]
        self.answer = "\r\n".join(lines).encode() + body


def _read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(65536)
        if not chunk:
            return data
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def _serve(peer: Peer, raw: socket.socket, tls: ssl.SSLContext | None) -> None:
    try:
        connection = tls.wrap_socket(raw, server_side=True) if tls else raw
        with connection:
            peer.requests.append(_read_request(connection))
            for byte in (peer.answer or b"") if peer.drip else b"":
                connection.sendall(bytes([byte]))
                time.sleep(peer.drip)
            if peer.answer is not None and not peer.drip:
                connection.sendall(peer.answer)
    except OSError:
        pass


@contextmanager
def listening(host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> Iterator[Peer]:
    """Start the peer on a free port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    server = socket.create_server((host, 0), family=family)
    peer = Peer(server.getsockname()[1])
    if tls is not None:
        tls.sni_callback = lambda _sock, name, _context: peer.names.append(name)

    def accept() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            peer.connections += 1
            threading.Thread(target=_serve, args=(peer, connection, tls), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield peer
    finally:
        # A second of patience: a connection that is still on its way would be missed otherwise.
        server.shutdown(socket.SHUT_RDWR)
        server.close()
