"""Nine weeks of Harbour Market: what its tools raised, whom that woke, and how it ended.

Told by the real commands at the times when things happened; who answered is who was on call then.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.cli.demo.alarms import PROMETHEUS, Alarm, Tools, noise
from tocsin.cli.demo.moving import catch_up, reachable
from tocsin.cli.demo.story import Cast, Story
from tocsin.core.log import read_stream_back
from tocsin.domain.incidents.queries import open_incidents
from tocsin.domain.oncall.events import Paged
from tocsin.kernel.actor import system
from tocsin.kernel.clock import now, telling_of

_DEMO = system("demo")
_DAY = 1440
_SHOP = (("namespace", "shop"),)
_PAYMENTS = (("team", "payments"),)


@dataclass(frozen=True, slots=True)
class Past:
    """One incident that alerts made: days ago at a time of day in UTC, minutes until each step.

    Answered after the first step of its policy has waited, it went to the next people. Without `fixed` it was none.
    """

    days: int
    at: tuple[int, int]
    alarm: Alarm
    answered: float
    did: str
    stopped: float = 0
    fixed: float = 0
    cause: str = ""


_PASTS = (
    Past(
        days=62,
        at=(3, 47),
        alarm=Alarm(PROMETHEUS, "DiskFillsUp", "Disk of shop-web-3 is 91 % full", "error", _SHOP),
        answered=4,
        did="No harm: old logs are packed at 04:00 and free it every night.",
    ),
    Past(
        days=34,
        at=(22, 58),
        alarm=Alarm(PROMETHEUS, "PaymentsRefused", "2.4 % of card payments are refused", "critical", _PAYMENTS),
        answered=7.5,
        stopped=26,
        fixed=71,
        did="Payments of one bank in ten went through the second provider until the change was taken back.",
        cause="The provider changed a field without notice.",
    ),
    Past(
        days=11,
        at=(0, 41),
        alarm=Alarm(PROMETHEUS, "OrdersFail", "One order in ten fails", "critical", _SHOP),
        answered=2.5,
        stopped=15,
        fixed=38,
        did="The evening's release was taken back; it went out again with a mended test the day after.",
        cause="Vouchers are not in the test that every release must pass.",
    ),
)


def remember(cast: Cast) -> None:
    """Tell all of it, oldest first."""
    at, tools = now(), Tools()
    with reachable({who: cast.ids[who] for who in _PAGED}):
        for past in _PASTS:
            began = (at - timedelta(days=past.days)).replace(hour=past.at[0], minute=past.at[1], second=7)
            _happened(past, Story(cast, began), tools)
    _noise(tools, at - timedelta(days=2, hours=3))


_PAGED = (
    "mateo.fuentes",
    "tomasz.wieczorek",
    "linh.tran",
    "farid.rahimi",
    "amina.diallo",
    "siobhan.keane",
    "ifeoma.balogun",
)


def _happened(past: Past, story: Story, tools: Tools) -> None:
    """It is raised, pages, is answered by whoever was paged last, and ends."""
    with story.at(0):
        tools.fire([past.alarm], at=story.moment(0))
    # A group that is not Critical waits for 30 s; the first step of Platform waits for 5 min.
    for minute in (0.05, 0.6, 5.2):
        if minute <= past.answered:
            with story.at(minute):
                catch_up()
    story.id = open_incidents(_DEMO)[0].id
    pages = [said.event for said in read_stream_back(f"incident:{story.id}") if isinstance(said.event, Paged)]
    who = pages[0].person
    story.says(past.answered, who, "acknowledge", via="link in demo")
    with story.at(past.fixed or past.answered + 4):
        tools.end([past.alarm], at=story.moment(past.fixed or past.answered + 4))
        catch_up()
    if not past.fixed:
        story.says(past.answered + 6, who, "dismiss", reason=past.did)
        return
    story.says(past.stopped, who, "mitigate", note=past.did)
    story.says(past.fixed + 2, who, "resolve", note=past.did, root_cause=past.cause, reason="Its alert is quiet.")
    story.says(2 * _DAY, who, "mark_reviewed")
    story.says(2 * _DAY + 10, who, "close", reason="Reviewed together.")


def _noise(tools: Tools, at: datetime) -> None:
    alarms = noise(tools, at)
    over = at + timedelta(seconds=20)
    for moment, say in ((at, tools.fire), (over, tools.end)):
        with telling_of(moment):
            say(alarms, at=moment)
            catch_up()
