"""What each part of a report says by itself, from the snapshot alone. Pure: the same snapshot, the same words."""

from collections.abc import Sequence

from tocsin.domain.knowledge.rules.charts import Picture, course, promises
from tocsin.domain.knowledge.rules.grid import Grid
from tocsin.domain.knowledge.rules.measures import STANDING_WORDS, kept, measures
from tocsin.domain.knowledge.rules.prose import clean
from tocsin.domain.knowledge.rules.snapshot import Snapshot, Told
from tocsin.domain.knowledge.rules.wording import Clock, listed

BODY_LIMIT = 4_000
"""Characters of one text from the log; the whole of it stands in the Incident Log."""


def summary(known: Snapshot, clock: Clock) -> tuple[str, ...]:
    """A few sentences from the alarm to the end."""
    where = f" of {listed(list(known.services))}" if known.services else ""
    said = [
        f"{known.reference}, {_a(known.severity)} {known.kind_words.lower()}{where}, began {clock.full(known.alarm_at)}"
    ]
    said[0] += f" and lasted {clock.whole(known.length)}." if known.resolved_at else " and is not resolved yet."
    if known.acknowledged_at:
        by = f" by {known.acknowledged_by}" if known.acknowledged_by else ""
        said.append(f"It was acknowledged{by} after {clock.whole(known.acknowledged_at - known.alarm_at)}.")
    elif known.calls:
        said.append("Nobody acknowledged it.")
    if known.mitigated_at:
        said.append(f"The harm was stopped {clock.time(known.mitigated_at)}.")
    done, settled = kept(known)
    if settled:
        said.append(f"{done} of {settled} deadlines were met.")
    own = (clip(known.summary),) if known.summary else ()
    return (*own, " ".join(said))


def impact(known: Snapshot, clock: Clock) -> tuple[tuple[str, str], ...]:
    """Services, length, users where somebody said, severity."""
    found = [
        ("Services", listed(list(known.services)) or "none named"),
        ("Duration", clock.whole(known.length) + ("" if known.resolved_at else ", still going on")),
        ("Severity", known.severity.capitalize()),
        ("Visible to users", "yes" if known.visible_to_users else "not marked as visible"),
    ]
    words = {"users": "Users", "operations": "Business operations", "data": "Data integrity"}
    found += [(words.get(answer.fact, answer.fact.capitalize()), clip(answer.text)) for answer in known.answers]
    return (*found, *((("Related", listed(list(known.related))),) if known.related else ()))


def sizes(known: Snapshot, clock: Clock) -> tuple[Grid, ...]:
    """The history of its severity, when there is one."""
    rows = [(clock.time(s.at), s.severity.capitalize(), s.by, clip(s.why)) for s in known.sizes]
    return _grid("History of severity", ("Time", "Severity", "By", "Why"), rows) if len(rows) > 1 else ()


def timeline(known: Snapshot, clock: Clock) -> tuple[Grid, ...]:
    """Every entry of the log that was read, oldest first."""
    rows = [
        (clock.exact(m.at), clean(m.who), clean(clock.spoken(m.sentence)) + (f"\n{clip(m.body)}" if m.body else ""))
        for m in known.moments
    ]
    return _grid("Timeline", ("Time", "Who", "What"), rows, "log")


def left_out(known: Snapshot) -> tuple[str, ...]:
    """Says when entries were too many to show."""
    if not known.left_out:
        return ()
    shown = len(known.moments)
    return (f"The first {shown} entries are shown; {known.left_out} more stand in the Incident Log.",)


def response(known: Snapshot) -> tuple[str, ...]:
    """How many deadlines were met."""
    done, settled = kept(known)
    return (f"{done} of {settled} deadlines were met in time.",) if settled else ()


def metrics(known: Snapshot, clock: Clock) -> tuple[Grid, ...]:
    """Each step with its length and its target, then each deadline."""
    steps = [
        (
            m.words,
            clock.whole(m.took) if m.took is not None else "never",
            m.allowed or "none",
            STANDING_WORDS.get(m.standing, m.standing) or "no target",
        )
        for m in measures(known)
    ]
    owed = [
        (p.words, p.term, clock.time(p.due_at), clock.time(p.met_at) if p.met_at else "", STANDING_WORDS[p.standing])
        for p in known.promises
    ]
    return (
        *_grid("Response times", ("Step", "Took", "Allowed", "Outcome"), steps),
        *_grid("Deadlines", ("Deadline", "Within", "Due", "Done", "Outcome"), owed),
    )


def charts(known: Snapshot, clock: Clock) -> tuple[Picture, ...]:
    """The course of it, and the allowed times when there were any."""
    second = promises(measures(known))
    return (course(known, clock.zone), *((second,) if second else ()))


def called(known: Snapshot) -> tuple[str, ...]:
    """How many people were called, and how many answered."""
    if not known.calls:
        return ()
    people = {call.person for call in known.calls}
    answered = {call.person for call in known.calls if call.acknowledged_at}
    who = "1 person was" if len(people) == 1 else f"{len(people)} people were"
    return (f"{who} called; {len(answered)} acknowledged.",)


def people(known: Snapshot, clock: Clock) -> tuple[Grid, ...]:
    """Who held which role, and who was called when."""
    roles = [
        (r.words, r.person, clock.time(r.since), clock.time(r.until) if r.until else "the end") for r in known.roles
    ]
    calls = [
        (
            c.person,
            clock.time(c.at),
            listed(list(c.ways)) or "no verified way",
            clock.time(c.acknowledged_at) if c.acknowledged_at else "not acknowledged",
        )
        for c in known.calls
    ]
    return (
        *_grid("Roles", ("Role", "Who", "From", "Until"), roles),
        *_grid("Calls", ("Who", "Called", "By", "Acknowledged"), calls),
    )


def decisions(known: Snapshot, clock: Clock) -> tuple[Grid, ...]:
    """Every decision in the words of who made it, why, and whether it was revoked."""
    rows = [(clock.time(d.at), d.who, clip(d.text), clip(d.why), clip(d.revoked)) for d in known.decisions]
    full = any(d.why or d.revoked for d in known.decisions)
    heads = ("Time", "Who", "Decision", "Why", "Revoked")
    return _grid("Decisions", heads if full else heads[:3], rows if full else [row[:3] for row in rows], "log")


def told(known: Snapshot) -> tuple[str, ...]:
    """How many updates went where."""
    inside, outside = sum(bool(u.internal) for u in known.updates), sum(bool(u.public) for u in known.updates)
    word = "update was" if inside + outside == 1 else "updates were"
    if not known.updates:
        return ()
    off = sum(u.retracted_at is not None for u in known.updates)
    again = f" {off} of the public ones {'was' if off == 1 else 'were'} taken off the status page again." if off else ""
    return (f"{inside} internal and {outside} public status {word} sent.{again}",)


def updates(known: Snapshot, clock: Clock) -> tuple[Grid, ...]:
    """What was told, inside and outside."""
    rows = [
        (clock.time(u.at), u.who, where, clip(text))
        for u in known.updates
        for where, text in (("inside", u.internal), (_outside(u, clock), u.public))
        if text
    ]
    return _grid("Status updates", ("Time", "Who", "Where", "Text"), rows)


def _outside(update: Told, clock: Clock) -> str:
    """Public, and whether the public can still read it."""
    if update.retracted_at is None:
        return "public"
    why = f": {update.retracted_why}" if update.retracted_why else ""
    return f"public, taken off the page at {clock.time(update.retracted_at)} by {update.retracted_by}{why}"


def alerts(known: Snapshot, clock: Clock) -> tuple[Grid, ...]:
    """The alerts that belong to it."""
    rows = [
        (
            clip(s.title),
            s.severity.capitalize(),
            s.service or "no service",
            clock.time(s.starts_at),
            "stale" if s.stale else "quiet" if s.quiet else "firing",
        )
        for s in known.signals
    ]
    return _grid("Alerts", ("Alert", "Severity", "Service", "Since", "State"), rows)


def cause(known: Snapshot) -> tuple[str, ...]:
    """The root cause as it was written when it was resolved."""
    return (clip(known.root_cause),) if known.root_cause else ()


def tasks(known: Snapshot, clock: Clock) -> tuple[Grid, ...]:
    """What was to be done."""
    rows = [
        (clip(t.title), t.owner or "nobody", clock.time(t.due_at) if t.due_at else "", t.state) for t in known.tasks
    ]
    return _grid("Tasks", ("Task", "Owner", "Due", "State"), rows)


def clip(text: str) -> str:
    """At most `BODY_LIMIT` characters, and a word about what was cut."""
    cleaned = clean(text)
    if len(cleaned) <= BODY_LIMIT:
        return cleaned
    said = f"(cut here; all {len(cleaned)} characters stand in the Incident Log)"
    return f"{cleaned[:BODY_LIMIT].rstrip()}\N{HORIZONTAL ELLIPSIS} {said}"


def _a(severity: str) -> str:
    word = severity.capitalize()
    return f"{'an' if word[:1] in 'AEIOU' else 'a'} {word}" if severity != "unknown" else "an unsized"


def _grid(caption: str, header: tuple[str, ...], rows: Sequence[tuple[str, ...]], look: str = "") -> tuple[Grid, ...]:
    return (Grid(caption, header, tuple(rows), look),) if rows else ()
