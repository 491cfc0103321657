"""What a silence would keep quiet, before it is set: the same matching as alerts get, over those open now."""

from dataclasses import dataclass

from tocsin.domain.alerts import queries
from tocsin.domain.alerts.queries import AlertFilter
from tocsin.domain.alerts.rules.routing import matches, parse_matchers
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Invalid

_MOST = 1000
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Cover:
    """How many open alerts the matchers meet, some of their titles, and a refusal when they cannot be read.

    `at_least`: there are more open alerts than were looked at.
    """

    count: int = 0
    titles: tuple[str, ...] = ()
    already: int = 0
    at_least: bool = False
    wrong: str = ""
    everything: bool = False


def cover(actor: Actor, text: str) -> Cover | None:
    """What these matchers cover now; None for no matchers. One query."""
    if not text.strip():
        return None
    try:
        wanted = parse_matchers(text)
    except Invalid as refused:
        return Cover(wrong=refused.sentence.removeprefix("matchers: "))
    page = queries.alerts(actor, AlertFilter(limit=_MOST))
    found = [alert for alert in page.alerts if matches(wanted, alert.labels)]
    return Cover(
        count=len(found),
        titles=tuple(alert.title for alert in found[:SHOWN]),
        already=sum(alert.silenced for alert in found),
        at_least=bool(page.next),
        everything=bool(wanted) and all(matcher.matches({}) for matcher in wanted),
    )
