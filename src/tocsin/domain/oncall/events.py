"""What the log says about paging and about changes of schedules and policies.

Paging events stand on the subject's own stream, so that its timeline tells who was called and who answered.
"""

from datetime import timedelta

from tocsin.core.log import Event, event
from tocsin.domain.delivery.ports import word_of
from tocsin.kernel.durations import human_duration


def listed(words: list[str]) -> str:
    """`"mail, push and SMS"`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


@event("oncall.paged", mark="bell-ringing")
class Paged(Event, frozen=True, kw_only=True):
    """A person was called by these kinds of contact method."""

    page: str
    person: str
    person_name: str
    step: int
    round: int
    reason: str
    channels: list[str]
    severity: str = ""

    def sentence(self) -> str:
        """Who, how and why."""
        return f"paged {self.person_name} by {listed(sorted({word_of(kind) for kind in self.channels}))}: {self.reason}"


@event("oncall.escalated", mark="stairs-up")
class Escalated(Event, frozen=True, kw_only=True):
    """Nobody answered in time, or someone passed it on."""

    step: int
    round: int
    reason: str

    def sentence(self) -> str:
        """Where it went, and why."""
        return f"went on to step {self.step}, round {self.round}: {self.reason}"


@event("oncall.acknowledged", mark="circle-check")
class Acknowledged(Event, frozen=True, kw_only=True):
    """Someone answered. `seconds` counts from the page, or from the start when they were not paged.

    `joined`: an answer to a personal call, which takes nothing from anyone but from calls that are `shared`.
    """

    person: str
    person_name: str
    via: str
    seconds: int
    joined: bool = False
    shared: tuple[str, ...] = ()

    def sentence(self) -> str:
        """How, and how fast."""
        verb = "answered the call" if self.joined else "acknowledged"
        return f"{verb} by {self.via}, {human_duration(timedelta(seconds=self.seconds))} after the page"


@event("oncall.acknowledgement_undone", mark="arrow-back-up")
class AcknowledgementUndone(Event, frozen=True, kw_only=True):
    """Acknowledged by mistake: paging goes on where it stood."""

    person: str
    person_name: str

    def sentence(self) -> str:
        """What follows."""
        return "took the acknowledgement back; paging goes on"


@event("oncall.passed_on", mark="arrow-right")
class PassedOn(Event, frozen=True, kw_only=True):
    """A paged person cannot take it."""

    person: str
    person_name: str

    def sentence(self) -> str:
        """What follows."""
        return "cannot take it; the next in line is paged now"


@event("oncall.declined", mark="user-x")
class Declined(Event, frozen=True, kw_only=True):
    """A person who was called by name cannot come; they are called no more."""

    person: str
    person_name: str
    via: str = ""

    def sentence(self) -> str:
        """How they said so."""
        return f"declined the call by {self.via}" if self.via else "declined the call"


@event("oncall.held_back", mark="clock")
class HeldBack(Event, frozen=True, kw_only=True):
    """A method of a person was not used now: quiet hours, or too many calls. What happens instead is in `text`."""

    person: str
    person_name: str
    text: str

    def sentence(self) -> str:
        """What, and what instead."""
        return f"spared {self.person_name}: {self.text}"


@event("oncall.bundled", mark="bell-ringing")
class Bundled(Event, frozen=True, kw_only=True):
    """The person is being paged about the same matter at this moment: one message for both."""

    person: str
    person_name: str
    reason: str

    def sentence(self) -> str:
        """Whose, and for what else."""
        return f"put another page of {self.person_name} into the one just sent: {self.reason}"


@event("oncall.personal_rules_saved", mark="settings")
class PersonalRulesSaved(Event, frozen=True, kw_only=True):
    """Someone changed how they are paged. Without `rules`: as everybody is by default."""

    person: str
    urgency: str
    rules: list[dict[str, object]]

    def sentence(self) -> str:
        """For which urgency, in how many steps."""
        of = self.urgency.replace("_", " ")
        if not self.rules:
            return f"is paged by default again ({of})"
        return f"is paged in {len(self.rules)} step{'' if len(self.rules) == 1 else 's'} ({of})"


@event("oncall.quiet_hours_saved", mark="settings")
class QuietHoursSaved(Event, frozen=True, kw_only=True):
    """Someone set or ended their quiet hours. Times are `HH:MM` on their own wall; both empty: none."""

    person: str
    start: str
    end: str

    def sentence(self) -> str:
        """From when to when."""
        return f"keeps quiet hours from {self.start} to {self.end}" if self.start else "keeps no quiet hours"


_WISHES = {
    "quietly": "by what makes no noise",
    "texts": "by text message too",
    "never": "by no new message",
}


@event("oncall.end_wish_saved", mark="settings")
class EndWishSaved(Event, frozen=True, kw_only=True):
    """Someone said how they want to hear that what they were paged about is over."""

    person: str
    wish: str

    def sentence(self) -> str:
        """By what."""
        return f"hears that it is over {_WISHES.get(self.wish, self.wish)}"


@event("oncall.told", mark="webhook")
class Told(Event, frozen=True, kw_only=True):
    """A webhook of a step was told. It counts as told, never as an answer."""

    destination: str
    name: str
    reason: str

    def sentence(self) -> str:
        """What, and by which step."""
        return f"told {self.name or 'a webhook'} ({self.reason})"


_ENDS = {
    "resolved": "it is resolved",
    "mitigated": "it is mitigated",
    "dismissed": "it is no incident",
    "merged": "it goes on in another incident",
    "stood_down": "they are stood down",
}


@event("oncall.end_told", mark="circle-check")
class EndTold(Event, frozen=True, kw_only=True):
    """Those who had been paged were told that it is over, without a noise. Without people: webhooks of steps were."""

    people: tuple[str, ...]
    names: tuple[str, ...]
    channels: tuple[str, ...]
    how: str

    def sentence(self) -> str:
        """Whom, what, and by what."""
        by = listed([word_of(kind) for kind in self.channels])
        return f"told {listed(list(self.names)) or 'those listening'} that {_ENDS.get(self.how, 'it is over')} ({by})"


@event("oncall.nobody_to_page", mark="alert-triangle")
class NobodyToPage(Event, frozen=True, kw_only=True):
    """A step had nobody, or a person cannot be reached. `step` counts from 1; 0 when it is about a person."""

    step: int
    text: str
    person: str = ""

    def sentence(self) -> str:
        """What was missing."""
        return f"found a hole: {self.text}"


@event("oncall.catch_all", mark="alert-triangle")
class CatchAll(Event, frozen=True, kw_only=True):
    """People of last resort are paged."""

    reason: str

    def sentence(self) -> str:
        """Why."""
        return f"turned to the catch-all people: {self.reason}"


@event("oncall.held", mark="clock")
class Held(Event, frozen=True, kw_only=True):
    """The page waits: its severity wakes nobody. `until` is ISO 8601 in UTC."""

    until: str

    def sentence(self) -> str:
        """Until when."""
        return (
            f"holds the page until waking hours ({self.until[:16].replace('T', ' ')} UTC): this severity wakes nobody"
        )


@event("oncall.asked_again", mark="bell-ringing")
class AskedAgain(Event, frozen=True, kw_only=True):
    """Acknowledged, then quiet for 30 minutes."""

    person: str
    person_name: str

    def sentence(self) -> str:
        """Whom."""
        return f"asked {self.person_name} again: acknowledged, but nothing has happened for 30 min"


@event("oncall.stopped", mark="bell-off")
class Stopped(Event, frozen=True, kw_only=True):
    """Paging is over."""

    reason: str

    def sentence(self) -> str:
        """Why."""
        return f"stopped paging: {self.reason}"


@event("oncall.schedule_saved", mark="calendar")
class ScheduleSaved(Event, frozen=True, kw_only=True):
    """A schedule was made or changed."""

    schedule: str
    name: str
    layers: list[dict[str, object]]
    options: dict[str, object] = {}

    def sentence(self) -> str:
        """Its name and size."""
        return f"saved the schedule {self.name} with {len(self.layers)} layer{'' if len(self.layers) == 1 else 's'}"


@event("oncall.schedule_removed", mark="calendar")
class ScheduleRemoved(Event, frozen=True, kw_only=True):
    """A schedule is gone."""

    schedule: str
    name: str

    def sentence(self) -> str:
        """Its name."""
        return f"removed the schedule {self.name}"


@event("oncall.override_added", mark="calendar")
class OverrideAdded(Event, frozen=True, kw_only=True):
    """Someone takes over for a while. Times are ISO 8601 in UTC."""

    override: str
    person: str
    person_name: str
    replaces: str
    start_at: str
    end_at: str

    def sentence(self) -> str:
        """Who and when."""
        start, end = (at[:16].replace("T", " ") for at in (self.start_at, self.end_at))
        return f"put {self.person_name} on call from {start} to {end} UTC"


@event("oncall.override_removed", mark="calendar")
class OverrideRemoved(Event, frozen=True, kw_only=True):
    """The rotation holds again."""

    override: str
    person: str
    person_name: str

    def sentence(self) -> str:
        """Whose."""
        return f"removed the override of {self.person_name}"


@event("oncall.policy_saved", mark="settings")
class PolicySaved(Event, frozen=True, kw_only=True):
    """An escalation policy was made or changed."""

    policy: str
    name: str
    rounds: int
    steps: list[dict[str, object]]

    def sentence(self) -> str:
        """Its name and size."""
        steps = f"{len(self.steps)} step{'' if len(self.steps) == 1 else 's'}"
        return f"saved the policy {self.name}: {steps}, {self.rounds} rounds"


@event("oncall.policy_removed", mark="settings")
class PolicyRemoved(Event, frozen=True, kw_only=True):
    """An escalation policy is gone."""

    policy: str
    name: str

    def sentence(self) -> str:
        """Its name."""
        return f"removed the policy {self.name}"


@event("oncall.service_policy_set", mark="settings")
class ServicePolicySet(Event, frozen=True, kw_only=True):
    """A service is paged by another policy; without a `policy`, by the catch-all people."""

    service: str
    policy: str
    policy_name: str

    def sentence(self) -> str:
        """By which."""
        return f"pages by {self.policy_name} now" if self.policy else "pages by no policy now: catch-all people"
