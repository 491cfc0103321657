"""How many times a second the public page and its summary are answered: Tocsin from memory beside nginx with the same
bytes, and nginx with the exported folder. Rounds of all follow each other in turn; one worker process each.

    python -m benchmarks.status_page [--smoke]

The load comes from wrk where it is installed (apt-get install wrk), else from the repository's own generator, which is
slower than nginx and so flatters whoever is compared with it.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from urllib.error import URLError
from urllib.request import Request, urlopen

from benchmarks.load import run
from benchmarks.servers import (
    PeerMissing,
    Server,
    _environment,
    _running,
    free_port,
    prepared_home,
    tocsin,
)
from benchmarks.tables import spread, table

PATHS = {"page, HTML": "/status/", "summary.json": "/status/api/v2/summary.json"}
CONNECTIONS = 64
_REST = 4.0
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
_P99 = re.compile(r"99%\s+([\d.]+)(us|ms|s)")
_UNIT = {"us": 1e-6, "ms": 1e-3, "s": 1.0}


@dataclass
class Measured:
    """What the rounds of one server showed for one path."""

    rate: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


Start = Callable[[], AbstractContextManager[Server]]


@contextmanager
def nginx(folder: Path) -> Iterator[Server]:
    """Debian's nginx with one worker over a folder. Raises `PeerMissing`."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        raise PeerMissing("nginx is missing: apt-get install nginx-light")
    with tempfile.TemporaryDirectory(prefix="peer-bench-") as place:
        home, port = Path(place), free_port()
        (home / "nginx.conf").write_text(_config(home, folder, port))
        argv = [program, "-p", str(home), "-c", str(home / "nginx.conf"), "-e", str(home / "error.log")]
        with _running(argv, port, home, "/status/", dict(os.environ)) as server:
            yield server


def _config(home: Path, folder: Path, port: int) -> str:
    temporary = "\n".join(
        f"{name}_temp_path {home}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    return f"""daemon off; worker_processes 1; pid {home}/pid; error_log {home}/error.log; {user}
events {{ worker_connections 1024; }}
http {{
  types {{ text/html html; application/json json; text/css css; }}
  {temporary}
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; open_file_cache max=1000;
  server {{ listen 127.0.0.1:{port}; root {folder}; index index.html; etag on; }}
}}
"""


def measure(start: Start, seconds: float, into: dict[str, Measured]) -> None:
    """One round of every path on one server, after it came to rest: a start of ours has work of its own."""
    with start() as server:
        for path in PATHS.values():
            _ready(server, path)
        time.sleep(min(_REST, 4 * seconds))
        for words, path in PATHS.items():
            _load(server.port, path, min(0.5, seconds))
            before = server.cpu_seconds()
            rate, p99 = _load(server.port, path, seconds)
            into[words].cpu.append((server.cpu_seconds() - before) / max(1.0, rate * seconds))
            into[words].rate.append(rate)
            into[words].p99.append(p99)


def _ready(server: Server, path: str) -> None:
    for _ in range(200):
        try:
            with urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=2) as answer:
                if answer.status == 200:
                    return
        except URLError:
            time.sleep(0.05)
    raise RuntimeError(f"{path} was never answered.")


def _load(port: int, path: str, seconds: float) -> tuple[float, float]:
    """(answers a second, p99 in seconds)."""
    wrk = shutil.which("wrk")
    if wrk is None:
        get = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        result = run(port, [get], connections=CONNECTIONS, seconds=seconds)
        return result.answers / result.seconds, result.quantile(0.99)
    argv = [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "--latency"]
    done = subprocess.run([*argv, f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True)
    rate, p99 = _RATE.search(done.stdout), _P99.search(done.stdout)
    if "Non-2xx" in done.stdout or not rate or not p99:
        raise RuntimeError(done.stdout)
    return float(rate[1]), float(p99[1]) * _UNIT[p99[2]]


def compare(rounds: int, seconds: float) -> dict[str, str]:
    """Everything in turn, `rounds` times; a table for each path."""
    with prepared_home(1) as (home, _), tempfile.TemporaryDirectory(prefix="bench-page-") as place:
        exported, same = Path(place) / "exported", Path(place) / "same"
        fill = [sys.executable, "-m", "benchmarks.status_page", "--fill", str(exported / "status")]
        subprocess.run(fill, env=_environment(home), check=True)
        _copy(home, same)
        servers: dict[str, Start] = {
            "nginx, the same bytes": lambda: nginx(same),
            "Tocsin, from memory": lambda: tocsin(home),
            "nginx, the exported folder": lambda: nginx(exported),
        }
        measured = {name: {words: Measured() for words in PATHS} for name in servers}
        for _ in range(rounds):
            for name, start in servers.items():
                measure(start, seconds, measured[name])
        return {words: _show({name: by_path[words] for name, by_path in measured.items()}) for words in PATHS}


def _copy(home: Path, folder: Path) -> None:
    """What our own server answers, byte for byte, as files for nginx."""
    with tocsin(home) as server:
        for path in PATHS.values():
            _ready(server, path)
            with urlopen(Request(f"http://127.0.0.1:{server.port}{path}"), timeout=5) as answer:
                target = folder / (path.strip("/") + ("/index.html" if path.endswith("/") else ""))
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(answer.read())


def _show(measured: dict[str, Measured]) -> str:
    peer = next(iter(measured.values()))
    rows = [
        [
            name,
            spread(one.rate),
            f"{median(one.rate) / median(peer.rate):.2f}",
            spread(one.p99, ".1f", 1e3),
            spread(one.cpu, ".0f", 1e6),
        ]
        for name, one in measured.items()
    ]
    return table(["server", "answers/s", "ratio", "p99 ms", "CPU us/answer"], rows)


def fill(folder: Path) -> None:
    """A page as a shop has it: twelve components, ninety days, six incidents; made and exported."""
    import django

    django.setup()
    from benchmarks.status_house import make_page

    make_page(folder)


def main(argv: list[str] | None = None) -> int:
    """Measure both paths and print them."""
    parser = argparse.ArgumentParser(description="The public page, beside nginx.")
    parser.add_argument("--smoke", action="store_true", help="one short round: does it run at all?")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--fill", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    if args.fill:
        fill(args.fill)
        return 0
    rounds, seconds = (1, 0.5) if args.smoke else (args.rounds, args.seconds)
    tool = "wrk" if shutil.which("wrk") else "the repository's own generator"
    print(f"{rounds} rounds of {seconds:g} s, {CONNECTIONS} connections, load from {tool}\n")
    for words, shown in compare(rounds, seconds).items():
        print(f"{words}\n\n{shown}\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
