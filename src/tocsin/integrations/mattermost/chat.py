"""Incidents told in one Mattermost channel, through an incoming webhook. One way: nothing is heard from there.

A webhook names no message and finds none again: where an answer got lost, a message may stand there twice.
"""

from collections.abc import Mapping
from json import dumps
from urllib.parse import urlsplit

from tocsin.core.outgoing import Answer, check_url
from tocsin.domain.chat.ports import Accepted, Opened, Permanent, Reply, Saying, Temporary, Who, register_chat
from tocsin.domain.delivery.asking import ask, read_status
from tocsin.domain.delivery.channels import Address, account, missing, register_channel
from tocsin.domain.delivery.ports import FormField
from tocsin.kernel.errors import Invalid

CHANNEL = "mattermost_mirror"
_SPECIAL = str.maketrans({char: f"\\{char}" for char in "\\`*_{}[]()#+-.!|>~<@"})
_WHICH = {
    "critical": frozenset({"critical", "unknown"}),
    "high": frozenset({"critical", "unknown", "high"}),
    "all": frozenset({"critical", "unknown", "high", "medium", "low"}),
    "none": frozenset(),
}


class MattermostMirror:
    """The channel in which incidents are told."""

    name = CHANNEL
    title = "Mattermost mirror"
    about = "What happens in incidents, told in one channel. Nothing is heard from there."
    icon = "message-2"
    kinds: tuple[str, ...] = ()
    fields: tuple[FormField, ...] = (
        FormField(
            "webhook",
            "Webhook address",
            "Mattermost: Integrations, Incoming Webhooks.",
            required=True,
            secret=True,
            placeholder="https://chat.example.org/hooks/…",
        ),
        FormField("channel", "Name of the channel", "For people to find it.", placeholder="incidents"),
        FormField(
            "severities",
            "Tell",
            choices=(
                ("high", "Critical and High"),
                ("critical", "Critical only"),
                ("all", "every incident"),
                ("none", "only those that people choose"),
            ),
        ),
    )
    addresses: tuple[Address, ...] = ()

    def clean(self, config: Mapping[str, str]) -> dict[str, str]:
        """A whole webhook address. Raises `Invalid`."""
        found = {name: value.strip() for name, value in config.items()}
        found["webhook"] = check_url(found.get("webhook", ""), field="webhook")
        if "/hooks/" not in urlsplit(found["webhook"]).path:
            raise Invalid("webhook: this is not a webhook; copy the whole address, with /hooks/.", field="webhook")
        if found.get("severities", "high") not in _WHICH:
            raise Invalid(f"severities: choose one of {', '.join(_WHICH)}.", field="severities")
        return found

    def connect(self, config: Mapping[str, str]) -> str:
        """A webhook can only be tried by a message; the first incident does."""
        return ""


class MattermostChat:
    """Mattermost, outwards."""

    vendor = CHANNEL
    title = "Mattermost"
    two_way = False

    def problem(self) -> str:
        """What the account lacks."""
        return missing(CHANNEL, account(CHANNEL))

    def severities(self) -> frozenset[str]:
        """As the administrator chose."""
        known = account(CHANNEL)
        return _WHICH.get(known.get("severities", "high"), frozenset()) if known else frozenset()

    def open(self, name: str, *, again: bool) -> Opened | Reply:
        """The one channel; the place remembers which incident speaks."""
        return Opened(name, account(CHANNEL).get("channel") or "incidents")

    def invite(self, place: str, emails: Mapping[str, str]) -> Reply:
        """A webhook invites nobody."""
        return Accepted()

    def topic(self, place: str, topic: str) -> Reply:
        """The channel is shared by incidents: it has no topic of one of them."""
        return Accepted()

    def say(self, place: str, saying: Saying) -> Reply:
        """Post under the incident's reference."""
        known = account(CHANNEL)
        if missing(CHANNEL, known):
            return Temporary(missing(CHANNEL, known))
        headers = {"Content-Type": "application/json; charset=utf-8"}
        body = dumps({"username": "Tocsin", "text": written(place, saying)}, ensure_ascii=False).encode()
        answer = ask("POST", known["webhook"], headers=headers, content=body)
        return read_status(answer, words=f"Mattermost: {answer.words}") if isinstance(answer, Answer) else answer

    def find(self, place: str, key: str) -> str | None:
        """Never found: rather twice than not at all."""
        return ""

    def answer(self, back: str, saying: Saying) -> Reply:
        """Nobody gives orders there."""
        return Permanent("Mattermost gives no orders here.")

    def who(self, user: str) -> Who | Reply:
        """Nobody is heard there."""
        return Permanent("Nobody is heard from Mattermost.")


def written(place: str, saying: Saying) -> str:
    """A message in Mattermost's Markdown; nothing in it mentions, links or formats but what is meant to."""
    reference = "-".join(place.split("-")[:2]).upper()
    first, _, rest = saying.text.partition("\n")
    if reference in first and not saying.author:
        # The first message names the incident itself.
        lines = [f"**{first.translate(_SPECIAL)}**", rest.translate(_SPECIAL)]
    else:
        author = f" {saying.author.translate(_SPECIAL)}:" if saying.author else ""
        lines = [f"**{reference}**{author} {saying.text.translate(_SPECIAL)}"]
    lines.append(" ".join(f"[{button.label}]({button.url})" for button in saying.buttons if button.url))
    return "\n".join(line for line in lines if line)


register_channel(MattermostMirror())
register_chat(MattermostChat())
