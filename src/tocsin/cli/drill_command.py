"""`tocsin drill`: plays a drill on the Tocsin that runs here, or on one of its own that goes with the drill.

Never imports Django before it knows which home is meant.
"""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
import webbrowser
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import IO

import click

from tocsin.cli.children import die_with_parent
from tocsin.cli.house import open_house, operator, says_refusals
from tocsin.kernel.clock import now
from tocsin.project.home import LAST_URL, setting

_HOME = "tocsin-drill-home-"
_OVER_AFTER = 2 * 3600.0
"""Seconds after which the folder of a drill cannot be in use any more: a drill ends by itself after one hour."""


@click.group()
def drill() -> None:
    """Rehearse an emergency: a sample shop breaks for real, and you walk the whole journey."""


@drill.command()
@click.option("--auto", is_flag=True, help="Do every step by itself.")
@click.option("--pace", default=1.0, show_default=True, help="Seconds before each step with --auto, to read along.")
@click.option("--browser/--no-browser", default=True, help="Open the drill's page in a browser, if there is one.")
@click.option("--report", "keep", type=click.File("wb", lazy=True), help="Keep the PDF report in this file.")
@says_refusals
def outage(*, auto: bool, pace: float, browser: bool, keep: IO[bytes] | None) -> None:
    """The shop's database dies: from the first alarm to the report. Removes everything it made at the end.

    Uses the Tocsin that runs with this TOCSIN_HOME (or TOCSIN_DATABASE_URL); when none runs, starts one for the drill.
    """
    with _tocsin() as link:
        open_house()
        commands = import_module("tocsin.domain.drill.commands")
        player = import_module("tocsin.cli.drill.player").Player
        commands.end_if_lost(commands.DRILL)
        drill_id = commands.begin(operator(), by_itself=auto, player=False)
        url = import_module("django.conf").settings.PUBLIC_URL + "/drill/"
        click.echo(f"watch it at {url}")
        if link:
            click.echo(f"sign in once with {link}")
        if browser and not auto and sys.stdout.isatty():
            webbrowser.open(link or url)
        began = time.monotonic()
        played = player(drill_id, tell=click.echo, pace=pace)
        outcome = played.play()
        if keep is not None and played.paper:
            keep.write(played.paper)
            click.echo(f"The report is in {keep.name}.")
        for sentence in played.left:
            click.echo(f"Stays: {sentence}", err=True)
        gone = "" if played.left else "; everything it made is gone"
        click.echo(f"The drill is over ({outcome}) after {time.monotonic() - began:.0f} s{gone}.")
    if outcome == "failed":
        sys.exit(1)


@drill.command()
@says_refusals
def clean() -> None:
    """Remove what a drill left behind that could not tidy up after itself."""
    open_house()
    commands = import_module("tocsin.domain.drill.commands")
    found = commands.end_lost(operator())
    click.echo("Removed what the drill had left." if found else "Nothing to do: no drill is under way.")


@drill.command(hidden=True)
@click.argument("drill_id")
def play(drill_id: str) -> None:
    """Play a drill that was begun at the screen; the engine calls this."""
    open_house()
    import_module("tocsin.cli.drill.player").Player(drill_id, pace=2.5).play()


@contextlib.contextmanager
def _tocsin() -> Iterator[str]:
    """A Tocsin to play on. Yields a sign-in link when it was started here, else ''."""
    if setting("DATABASE_URL") or _is_served(Path(setting("HOME", "var"))):
        yield ""
        return
    click.echo("No Tocsin runs here; starting one for this drill.")
    _sweep()
    folder = tempfile.mkdtemp(prefix=_HOME)
    os.environ["TOCSIN_HOME"] = folder
    os.environ.pop("TOCSIN_URL", None)
    parent = os.getpid()
    served = subprocess.Popen(
        [sys.executable, "-m", "tocsin", "serve", "--port", "0", "--home", folder, "--no-demo"],
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: die_with_parent(parent),
    )
    try:
        yield _link(served)
    finally:
        served.terminate()
        served.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def _link(served: subprocess.Popen[str]) -> str:
    assert served.stdout is not None
    for line in served.stdout:
        if line.startswith("sign in once with "):
            return line.removeprefix("sign in once with ").strip()
    raise click.ClickException("Tocsin could not be started; the reason is above.")


def _sweep() -> None:
    """Remove homes and shops of drills that were killed and took their Tocsin with them."""
    for folder in Path(tempfile.gettempdir()).glob("tocsin-drill-*"):
        with contextlib.suppress(OSError):
            over = folder.stat().st_mtime < now().timestamp() - _OVER_AFTER
            if over and folder.owner() == Path.home().owner() and not _is_served(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _is_served(home: Path) -> bool:
    """True when a `tocsin serve` holds this home."""
    if not (home / LAST_URL).exists():
        return False
    try:
        with (home / "serve.lock").open("r", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
