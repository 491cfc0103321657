"""Jobs of the chat: make channels, say what happens, carry out what was said, answer. Order: lease, act, record."""

from collections.abc import Callable
from datetime import timedelta

import structlog

from tocsin.core.work import Done, Failed, JobView, Outcome, Retry, effect, periodic, transactional
from tocsin.domain.chat.commands import acting, telling
from tocsin.domain.chat.commands.hearing import tidy
from tocsin.domain.chat.jobs import (
    ACT,
    ANSWER,
    INVITE,
    MEET,
    OPEN,
    TELL,
    Invite,
    OfChannel,
    OfHeard,
    OfPlace,
    OfUser,
)
from tocsin.domain.chat.ports import (
    Accepted,
    Chat,
    Opened,
    Permanent,
    Reply,
    Saying,
    Temporary,
    Who,
    chat_of,
    load_chats,
)
from tocsin.kernel.clock import now

log = structlog.get_logger()
load_chats()
_GONE = "This Tocsin has no such chat any more."
_MEETINGS = 3
"""So often a vendor is asked who somebody is; after that their words are kept as a guest's."""


@effect(OPEN, OfChannel)
def open_(payload: OfChannel, job: JobView) -> Outcome:
    """Make a channel."""
    wanted = telling.to_open(payload.channel)
    if wanted is None:
        return Done()
    chat = chat_of(wanted.vendor)
    reply = chat.open(wanted.name, again=wanted.again) if chat else Permanent(_GONE)
    if isinstance(reply, Opened):
        return Done(record=lambda: telling.was_opened(payload.channel, reply))
    return _not_done(reply, lambda: telling.failed(payload.channel, reply.answer))


@effect(TELL, OfChannel)
def tell(payload: OfChannel, job: JobView) -> Outcome:
    """Say the next entry of the log. One at a time, so that their order holds whatever the vendor answers."""
    words = telling.next_words(payload.channel)
    if words is None:
        return Done()
    chat = chat_of(words.vendor)
    if chat is None:
        return Done(record=lambda: telling.failed(payload.channel, _GONE))
    remote = ""
    if words.saying is not None:
        reply = _said(chat, words.place, words.saying, words.doubtful)
        if not isinstance(reply, Accepted):
            return _not_done(reply, lambda: telling.failed(payload.channel, reply.answer))
        remote = reply.provider_id
    if words.topic:
        shown = chat.topic(words.place, words.topic)
        if not isinstance(shown, Accepted):
            log.warning("chat_topic", vendor=words.vendor, answer=shown.answer)
    at = now()
    return Done(record=lambda: telling.was_told(words, remote, at))


def _said(chat: Chat, place: str, saying: Saying, doubtful: bool) -> Reply:
    """Said once: what may be there already is looked for first."""
    if doubtful:
        found = chat.find(place, saying.key)
        if found is None:
            return Temporary(f"{chat.title} cannot say whether the last message arrived.")
        if found:
            return Accepted(found, "found again")
    return chat.say(place, saying)


@transactional(ACT, OfPlace)
def act(payload: OfPlace, job: JobView) -> None:
    """Carry out what was said in a place."""
    acting.act(payload.vendor, payload.place)


@effect(MEET, OfUser)
def meet(payload: OfUser, job: JobView) -> Outcome:
    """Ask the vendor who somebody is."""
    chat = chat_of(payload.vendor)
    found = chat.who(payload.user) if chat else Permanent(_GONE)
    if not isinstance(found, Who) and not isinstance(found, Permanent) and job.attempts < _MEETINGS:
        return Retry(found.answer, after=timedelta(seconds=2))
    who = found if isinstance(found, Who) else None
    return Done(record=lambda: acting.met(payload.vendor, payload.user, payload.place, who))


@effect(ANSWER, OfHeard)
def answer(payload: OfHeard, job: JobView) -> Outcome:
    """Answer an order, to the one who gave it; soon given up, since half an hour later it is worth nothing."""
    row = acting.to_answer(payload.heard)
    chat = chat_of(row.vendor) if row is not None else None
    if row is None or chat is None:
        return Done()
    reply = chat.answer(row.back, Saying(row.answer, key=str(row.id))) if row.back else Permanent("nobody waits")
    if isinstance(reply, Temporary) and job.attempts < _MEETINGS:
        return Retry(reply.answer)
    return Done(record=lambda: acting.was_answered(payload.heard))


@effect(INVITE, Invite)
def invite(payload: Invite, job: JobView) -> Outcome:
    """Bring people into a channel. Who cannot be brought in finds it by its link."""
    where = acting.channel_at(payload.channel)
    chat = chat_of(where[0]) if where else None
    if where is None or chat is None:
        return Done()
    reply = chat.invite(where[1], acting.emails(payload.people))
    if isinstance(reply, Temporary) and job.attempts < _MEETINGS:
        return Retry(reply.answer)
    return Done()


def _not_done(reply: Reply, give_up: Callable[[], None]) -> Outcome:
    if isinstance(reply, Permanent):
        return Failed(reply.answer, record=give_up, quiet=True)
    after = reply.retry_after if isinstance(reply, Temporary) else None
    return Retry(reply.answer, after=after)


@periodic("chat.tidy", every=timedelta(hours=1))
def tidy_up() -> int:
    """Remove what was heard long ago."""
    return tidy()
