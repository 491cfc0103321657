"""What amtool asks of an Alertmanager, answered from the store: status, receivers, alerts, groups, silences.

With an integration's key the answers, and the silences made, cover that source only; with an API token all.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import msgspec
import re2

from tocsin import __version__
from tocsin.domain.alerts import commands, queries
from tocsin.domain.alerts.ports import Answer, Call
from tocsin.domain.alerts.rules.routing import Matcher, Op, matches, parse_matchers
from tocsin.integrations.alertmanager.wire import UNREADABLE, instant
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid, NotFound, Refused

MOST = 10_000
PAGE = 1_000
_RECEIVER = "tocsin"
_STARTED = now()


class _Matcher(msgspec.Struct):
    name: str
    value: str
    isRegex: bool = False  # noqa: N815  (the wire's own spelling)
    isEqual: bool = True  # noqa: N815


class _PostedSilence(msgspec.Struct):
    matchers: list[_Matcher]
    startsAt: datetime  # noqa: N815
    endsAt: datetime  # noqa: N815
    createdBy: str  # noqa: N815
    comment: str
    id: str | None = None


def answer(actor: Actor, call: Call) -> Answer:
    """Answer one call in Alertmanager's own shapes."""
    try:
        return _answer(actor, call)
    except NotFound as error:
        return _json(404, error.sentence)
    except Refused as error:
        return _json(error.status if error.status != Invalid.status else 400, error.sentence)
    except UNREADABLE as error:
        return _json(400, f"The body cannot be read: {error}")


def _answer(actor: Actor, call: Call) -> Answer:
    asked = parse_qs(call.query, keep_blank_values=True)
    match call.method, call.path:
        case "GET" | "HEAD", "/-/ready" | "/-/healthy":
            return Answer(200, b"OK", "text/plain; charset=utf-8")
        case "GET", "/api/v2/status":
            return _json(200, _status())
        case "GET", "/api/v2/receivers":
            return _json(200, [{"name": _RECEIVER}])
        case "GET", "/api/v2/alerts":
            return _json(200, [_alert(row) for row in _wanted(actor, call, asked)])
        case "GET", "/api/v2/alerts/groups":
            return _json(200, _groups(actor, _wanted(actor, call, asked)))
        case "GET", "/api/v2/silences":
            return _json(200, _silences(actor, call, asked))
        case "POST", "/api/v2/silences":
            return _post_silence(actor, call)
        case method, path if path.startswith("/api/v2/silence/"):
            return _one_silence(actor, call, method, path.rpartition("/")[2])
    return _json(405, f"{call.method} is not possible here.")


def _json(status: int, content: Any) -> Answer:
    return Answer(status, msgspec.json.encode(content))


def _status() -> dict[str, Any]:
    return {
        "cluster": {"name": "", "status": "disabled", "peers": []},
        "versionInfo": {
            "version": __version__,
            "revision": "",
            "branch": "",
            "buildUser": "",
            "buildDate": "",
            "goVersion": "",
        },
        "config": {"original": ""},
        "uptime": _time(_STARTED),
    }


def _wanted(actor: Actor, call: Call, asked: Mapping[str, list[str]]) -> list[queries.AlertRow]:
    """The alerts that the filter parameters leave; at most 10,000 of them."""
    if not _receives(asked):
        return []
    filters = _matchers(asked)
    found: list[queries.AlertRow] = []
    wanted = queries.AlertFilter(integration_id=call.integration, limit=PAGE)
    while len(found) < MOST:
        page = queries.alerts(actor, wanted)
        found += [row for row in page.alerts if matches(filters, row.labels) and _asked_for(asked, row)]
        if not page.next:
            break
        wanted = replace(wanted, before=page.next)
    return found[:MOST]


def _asked_for(asked: Mapping[str, list[str]], row: queries.AlertRow) -> bool:
    """By the flags `active`, `silenced`, `inhibited` and `muted`, each true unless said otherwise."""
    given = {"silenced": row.silenced, "inhibited": bool(row.inhibited_by), "muted": bool(row.maintained_by)}
    return all(_flag(asked, name) for name, holds in given.items() if holds) if row.muted else _flag(asked, "active")


def _receives(asked: Mapping[str, list[str]]) -> bool:
    pattern = asked.get("receiver", [""])[0]
    try:
        return not pattern or re2.fullmatch(pattern, _RECEIVER) is not None
    except re2.error as error:
        raise Invalid(f"receiver: '{pattern[:80]}' is not a regular expression.", field="receiver") from error


def _matchers(asked: Mapping[str, list[str]]) -> tuple[Matcher, ...]:
    return tuple(matcher for text in asked.get("filter", []) for matcher in parse_matchers(text))


def _flag(asked: Mapping[str, list[str]], name: str) -> bool:
    return asked.get(name, ["true"])[0].lower() not in ("false", "0", "f")


def _alert(row: queries.AlertRow) -> dict[str, Any]:
    return {
        "annotations": dict(row.annotations),
        "endsAt": _time(row.expires_at or now() + timedelta(minutes=5)),
        "fingerprint": row.fingerprint,
        "receivers": [{"name": _RECEIVER}],
        "startsAt": _time(row.starts_at),
        "status": {
            "inhibitedBy": list(row.inhibited_by),
            "mutedBy": list(row.maintained_by),
            "silencedBy": list(row.silenced_by),
            "state": "suppressed" if row.muted else "active",
        },
        "updatedAt": _time(row.last_seen),
        "generatorURL": row.url,
        "labels": dict(row.labels),
    }


def _groups(actor: Actor, rows: Iterable[queries.AlertRow]) -> list[dict[str, Any]]:
    members: dict[str, list[queries.AlertRow]] = defaultdict(list)
    for row in rows:
        members[row.group_id or ""].append(row)
    known = {group.id: group for group in queries.groups(actor, [id_ for id_ in members if id_])}
    return [
        {
            "labels": dict(known[id_].labels) if id_ in known else {},
            "receiver": {"name": _RECEIVER},
            "alerts": [_alert(row) for row in found],
        }
        for id_, found in sorted(members.items())
    ]


def _silences(actor: Actor, call: Call, asked: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    filters = _matchers(asked)
    rows = queries.silences(actor, integration_id=call.integration, ended=True)
    return [_silence(row) for row in rows if _mentions(row, filters)]


def _mentions(row: queries.SilenceView, filters: Iterable[Matcher]) -> bool:
    """Each filter must match what the silence itself says of that label, as Alertmanager filters silences."""
    return all(any(m.name == f.name and f.matches({m.name: m.value}) for m in row.matchers) for f in filters)


def _silence(row: queries.SilenceView) -> dict[str, Any]:
    return {
        "id": row.id,
        "status": {"state": row.state},
        "updatedAt": _time(row.updated_at),
        "comment": row.comment,
        "createdBy": row.author,
        "startsAt": _time(row.starts_at),
        "endsAt": _time(row.ends_at),
        "matchers": [
            {
                "name": m.name,
                "value": m.value,
                "isRegex": m.op in (Op.MATCHES, Op.NOT_MATCHES),
                "isEqual": m.op in (Op.EQUAL, Op.MATCHES),
            }
            for m in row.matchers
        ],
    }


def _post_silence(actor: Actor, call: Call) -> Answer:
    posted = msgspec.json.decode(call.body, type=_PostedSilence)
    ends_at = instant(posted.endsAt)
    if ends_at is None:
        raise Invalid("endsAt: it must be in the future.", field="endsAt")
    id_ = commands.add_silence(
        actor,
        matchers=[_matcher(m) for m in posted.matchers],
        starts_at=instant(posted.startsAt),
        ends_at=ends_at,
        comment=posted.comment,
        author=posted.createdBy,
        silence_id=posted.id or None,
        integration_id=call.integration or None,
    )
    return _json(200, {"silenceID": id_})


def _matcher(posted: _Matcher) -> Matcher:
    if posted.isRegex:
        return Matcher(posted.name, Op.MATCHES if posted.isEqual else Op.NOT_MATCHES, posted.value)
    return Matcher(posted.name, Op.EQUAL if posted.isEqual else Op.NOT_EQUAL, posted.value)


def _one_silence(actor: Actor, call: Call, method: str, id_: str) -> Answer:
    found = queries.silence(actor, id_)
    if call.integration and found.integration_id not in (None, call.integration):
        raise NotFound("There is no such silence.")
    if method == "GET":
        return _json(200, _silence(found))
    if method == "DELETE":
        commands.expire_silence(actor, silence_id=id_, integration_id=call.integration or None)
        return Answer(200)
    return _json(405, f"{method} is not possible here.")


def _time(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
