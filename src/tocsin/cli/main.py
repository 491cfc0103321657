"""Entry point of `tocsin`: the table of commands, each module loaded only when its command is asked for.

Hides what needs Django and what must not have it. Never does any work of its own, so that `--help` is quick.
"""

from dataclasses import dataclass
from importlib import import_module

import click

from tocsin import __version__
from tocsin.cli.house import open_house


@dataclass(frozen=True, slots=True)
class _Lazy:
    """Where a command lives, its line in the help, and whether Django must be ready before it is imported."""

    target: str
    summary: str
    django: bool = True


_COMMANDS = {
    "serve": _Lazy("serve:serve", "Start everything on this machine and keep it running.", django=False),
    "web": _Lazy("web:web", "Serve the pages (production: several workers).", django=False),
    "ingest": _Lazy("web:ingest", "Serve alert intake and live streams on a port of their own.", django=False),
    "engine": _Lazy("engine:engine", "Run timers, deliveries and all other work in the background."),
    "migrate": _Lazy("migrate:migrate", "Bring the database to this version."),
    "check": _Lazy("migrate:check", "Say what is wrong with the settings, and the mend."),
    "user": _Lazy("people:user", "Add people and give them a way in."),
    "token": _Lazy("people:token", "Add API tokens."),
    "integration": _Lazy("integration:integration", "Connect a source of alerts."),
    "apply": _Lazy("organisation_file:apply", "Make the organisation what a file says."),
    "export": _Lazy("organisation_file:export", "Write the organisation to a file."),
    "demo": _Lazy("demo_organisation:demo", "Load a demo organisation, or remove it."),
    "drill": _Lazy("drill_command:drill", "Rehearse an emergency on a sample shop.", django=False),
    "backup": _Lazy("backup:backup", "Copy everything into one file."),
    "restore": _Lazy("backup:restore", "Bring a backup back, or rehearse it."),
    "keys": _Lazy("keys:keys", "Renew the keys that seal secrets and sign the log."),
    "log": _Lazy("log:log", "Verify or export the event log.", django=False),
}


class _LazyGroup(click.Group):
    """Imports a command's module when the command is used, and lists all without importing any."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        lazy = _COMMANDS.get(cmd_name)
        if lazy is None:
            return None
        if lazy.django:
            open_house()
        module, _, name = lazy.target.partition(":")
        command: click.Command = getattr(import_module(f"tocsin.cli.{module}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, lazy.summary) for name, lazy in _COMMANDS.items()])


@click.command(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="tocsin", message="%(prog)s %(version)s")
def main() -> None:
    """From the first alarm to the lesson learned: alerts, on call, incidents, communication.

    Settings come from the environment (TOCSIN_HOME, TOCSIN_DATABASE_URL, TOCSIN_URL, ...):
    see docs/reference/settings.md.
    """
