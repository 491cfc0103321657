"""Accounts with vendors. Their secrets stand in no file: they come from the environment or the screen."""

from collections.abc import Iterable

from msgspec import field

from tocsin.cli.organisation.applying import Work
from tocsin.cli.organisation.entry import Entry, Name
from tocsin.cli.organisation.section import Section, Standing
from tocsin.domain.delivery import channel_queries as queries
from tocsin.domain.delivery import commands
from tocsin.domain.delivery.channels import channel_kind
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Invalid


class Channel(Entry):
    """An account with a vendor, known by its name. Secrets are never written to a file: they come from the environment
    or the screen.
    """

    name: Name
    settings: dict[str, str] = field(default_factory=dict)


class _Channels(Section[Channel]):
    name, one, entry, place = "channels", "channel", Channel, 9

    def read(self, now: Standing) -> Iterable[tuple[str, Channel]]:
        for view in queries.channels(now.actor):
            if view.stored:
                settings = {k: v for k, v in view.config.items() if k not in view.fixed}
                yield view.name, Channel(name=view.name, settings=settings)

    def save(self, work: Work, entry: Channel, old: Channel | None, id_: str) -> str:
        secret = [f.name for f in channel_kind(entry.name).fields if f.secret and f.name in entry.settings]
        if secret:
            where = f"TOCSIN_CHANNEL_{entry.name}_{secret[0]}".upper()
            raise Invalid(
                f"settings: {secret[0]} is a secret and stands in no file; set {where}, or type it on the screen.",
                field="settings",
            )
        gone = {name: "" for name in (old.settings if old else {}) if name not in entry.settings}
        commands.save_channel(work.actor, name=entry.name, config={**gone, **entry.settings})
        return entry.name

    def remove(self, actor: Actor, id_: str) -> None:
        commands.remove_channel(actor, name=id_)


SECTION = _Channels()
