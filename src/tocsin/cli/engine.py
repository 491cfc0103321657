"""`tocsin engine`: the worker process for timers, deliveries and everything else that happens by itself.

Hides only the signals: `tocsin.core.engine` does the work. Any number may run.
"""

import signal
from importlib import import_module
from importlib.util import find_spec

import click

from tocsin.cli.garbage import spare_what_stays
from tocsin.cli.logs import configure_logs
from tocsin.core.engine.loop import EngineProcess


@click.command()
@click.option("--name", default="", help="Name in leases and status; default host and process.")
def engine(name: str) -> None:
    """Run timers, deliveries and all other work in the background until SIGTERM."""
    configure_logs("engine")
    if find_spec("tocsin.cli.demo") is not None:
        import_module("tocsin.cli.demo.keeping").keep_in_house()
    process = EngineProcess(name)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: process.stop())
    spare_what_stays()
    process.run()
