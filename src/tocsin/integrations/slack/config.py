"""The organisation's Slack app (Settings, Channels): its token, its secret, what it opens by itself. No network."""

from collections.abc import Mapping

from tocsin.core.outgoing import check_url
from tocsin.domain.delivery.channels import Address, account, missing, register_channel
from tocsin.domain.delivery.ports import FormField
from tocsin.integrations.slack import api
from tocsin.kernel.errors import Invalid

CHANNEL = "slack"
DIRECT = "slack_direct"
_WHICH = {
    "critical": frozenset({"critical", "unknown"}),
    "high": frozenset({"critical", "unknown", "high"}),
    "all": frozenset({"critical", "unknown", "high", "medium", "low"}),
    "none": frozenset(),
}


class SlackChannel:
    """A Slack app of the organisation's own workspace."""

    name = CHANNEL
    title = "Slack"
    about = "A channel for each incident, orders typed there, and pages with buttons as direct messages."
    icon = "message-2"
    kinds: tuple[str, ...] = (DIRECT,)
    fields: tuple[FormField, ...] = (
        FormField("bot_token", "Bot token", "Slack: your app, OAuth & Permissions.", True, True, "xoxb-…"),
        FormField("signing_secret", "Signing secret", "Slack: your app, Basic Information.", True, True),
        FormField(
            "severities",
            "Open a channel by itself for",
            choices=(
                ("high", "Critical and High"),
                ("critical", "Critical only"),
                ("all", "every incident"),
                ("none", "none: people open them"),
            ),
        ),
        FormField("api", "Slack's address", "Only for a proxy.", placeholder=api.API),
    )
    addresses: tuple[Address, ...] = (
        Address("Slash Commands, /tocsin, Request URL", "commands"),
        Address("Interactivity & Shortcuts, Request URL", "interactive"),
        Address("Event Subscriptions, Request URL", "events"),
    )

    def clean(self, config: Mapping[str, str]) -> dict[str, str]:
        """Token and secret as Slack writes them. Raises `Invalid`."""
        found = {name: value.strip() for name, value in config.items()}
        if not found.get("bot_token", "").startswith("xoxb-"):
            raise Invalid("bot_token: a bot token begins with xoxb-; copy it whole.", field="bot_token")
        if len(found.get("signing_secret", "")) < 16:
            raise Invalid("signing_secret: copy it from Basic Information.", field="signing_secret")
        if found.get("severities", "high") not in _WHICH:
            raise Invalid(f"severities: choose one of {', '.join(_WHICH)}.", field="severities")
        if found.get("api"):
            found["api"] = check_url(found["api"], field="api").rstrip("/")
        return found

    def connect(self, config: Mapping[str, str]) -> str:
        """Ask Slack whose token this is."""
        found = api.call(config, "auth.test")
        return "" if isinstance(found, dict) else found.answer


def connected() -> Mapping[str, str] | None:
    """The account when it is set up; None otherwise. One query."""
    known = account(CHANNEL)
    return None if missing(CHANNEL, known) else known


def severities_of(known: Mapping[str, str]) -> frozenset[str]:
    """Incidents of which severities get a channel by themselves."""
    return _WHICH.get(known.get("severities", "high"), frozenset())


register_channel(SlackChannel())
