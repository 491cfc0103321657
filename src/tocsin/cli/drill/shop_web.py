"""The shop's web process: a page, an order form, `/health` and `/metrics`. It keeps nothing itself.

    python -m tocsin.cli.drill.shop_web PORT DATABASE_PORT

Every request asks the database; when that is gone, the answer is 503 with the reason, as in any other shop.
"""

import json
import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from string import Template
from urllib.parse import parse_qs

GOODS = ("Brass bell", "Signal lamp", "Harbour rope", "Storm lantern")
_LARGEST = 4096
_PAGE = Template("""<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><meta http-equiv="refresh" content="4;url=/">
<title>Harbour Supplies (drill)</title><style>
:root{color-scheme:light dark;--ink:light-dark(#1d2327,#e6eaec);--soft:light-dark(#5b666d,#9aa6ad);
--line:light-dark(#dfe4e6,#32393d);--go:light-dark(#0f6a72,#58b9c1);--bad:light-dark(#a3211b,#ff8f86)}
body{margin:0 auto;max-width:40rem;padding:3rem 1.25rem;font:16px/1.55 system-ui,sans-serif;color:var(--ink);
background:light-dark(#fff,#161a1c)}h1{font-size:1.6rem;margin:0}p{color:var(--soft);margin:.4rem 0 0}
ul{list-style:none;margin:2rem 0;padding:0}li{display:flex;justify-content:space-between;align-items:center;
padding:.7rem 0;border-top:1px solid var(--line)}button{font:inherit;min-height:44px;padding:0 1rem;border-radius:7px;
border:1px solid var(--line);background:none;color:var(--go);cursor:pointer}.say{font-weight:600;color:var(--ink)}
.bad{color:var(--bad)}</style>
<h1>Harbour Supplies</h1><p>A sample shop on this machine, opened for a drill. Nothing here is for sale.</p>
<p class="say $tone" role="status">$said</p><ul>$goods</ul></html>""")


def ask(port: int, what: dict[str, str]) -> int:
    """How many orders the database holds after this. Raises `OSError` or `ValueError` when it does not answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
        connection.sendall(json.dumps(what).encode() + b"\n")
        return int(json.loads(connection.makefile("rb").readline())["orders"])


class Shop(BaseHTTPRequestHandler):
    """One request of a customer or a check."""

    protocol_version = "HTTP/1.1"
    database = 0

    def do_GET(self) -> None:
        """The page, or what checks and scrapers read."""
        try:
            orders, why = ask(self.database, {"do": "count"}), ""
        except (OSError, ValueError) as problem:
            orders, why = 0, f"database: {problem}"
        if self.path == "/health":
            self._answer(503 if why else 200, "application/json", json.dumps({"ok": not why, "why": why}))
        elif self.path == "/metrics":
            text = f"shop_database_up {int(not why)}\nshop_orders_total {orders}\n"
            self._answer(200, "text/plain; version=0.0.4", text)
        elif why:
            self._page("Orders cannot be taken: the database does not answer.", status=503)
        else:
            self._page(f"{orders} orders so far.")

    def do_POST(self) -> None:
        """An order: confirmed once the database has it."""
        length = min(int(self.headers.get("Content-Length") or 0), _LARGEST)
        goods = parse_qs(self.rfile.read(length).decode("utf-8", "replace")).get("goods", [GOODS[0]])[0]
        try:
            number = ask(self.database, {"do": "order", "goods": goods})
        except (OSError, ValueError):
            self._page("Your order was not taken: the database does not answer.", status=503)
        else:
            self._page(f"Thank you. Your order is number {number}.", status=201)

    def log_message(self, *_what: object) -> None:
        """Say nothing: the player's output is for the person who watches."""

    def _page(self, said: str, *, status: int = 200) -> None:
        goods = "".join(
            f'<li>{name}<form method="post" action="/orders">'
            f'<button name="goods" value="{name}">Buy</button></form></li>'
            for name in GOODS
        )
        tone = "bad" if status >= 500 else ""
        self._answer(status, "text/html; charset=utf-8", _PAGE.substitute(said=said, goods=goods, tone=tone))

    def _answer(self, status: int, kind: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def serve(port: int, database: int) -> None:
    """Answer until killed."""
    Shop.database = database
    with ThreadingHTTPServer(("127.0.0.1", port), Shop) as server:
        server.daemon_threads = True
        server.serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]))
