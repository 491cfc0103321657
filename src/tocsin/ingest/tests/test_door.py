"""The door as a sender sees it: durable before 2xx, the format's own errors, never a crash."""

import asyncio
import base64
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError, connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tocsin.core.engine.testing import run_engine
from tocsin.domain.alerts import commands, queries
from tocsin.ingest import app
from tocsin.ingest.writer import StoreUnwell
from tocsin.kernel.actor import system

pytestmark = pytest.mark.django_db(transaction=True)
Ask = Callable[..., tuple[int, dict[bytes, bytes], Any]]


async def _request(
    method: str, path: str, body: bytes, headers: dict[str, str], query: str
) -> tuple[int, dict[bytes, bytes], bytes]:
    sent: list[dict[str, Any]] = []
    halves = [body[: len(body) // 2], body[len(body) // 2 :]]

    async def receive() -> dict[str, Any]:
        part = halves.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(halves)}

    async def send(message: Any) -> None:
        sent.append(dict(message))

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
    await app.application(scope, receive, send)
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


@pytest.fixture
def ask() -> Ask:
    """Ask the door; a started one, as the server does."""

    def one(method: str, path: str, body: Any = b"", query: str = "", **headers: str) -> Any:
        async def main() -> Any:
            await app.startup()
            try:
                raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
                return await _request(method, path, raw, headers, query)
            finally:
                await app.shutdown()
                # The thread that answered a question keeps its connection, as a server's would.
                await sync_to_async(connections.close_all, thread_sensitive=True)()

        status, head, answer = asyncio.run(main())
        return status, head, msgspec.json.decode(answer) if answer else None

    return one


@pytest.fixture
def key(transactional_db: None) -> str:
    """The key of a connected source."""
    return commands.add_integration(system("test"), kind="prometheus", name="Prometheus").key


def waiting() -> int:
    """Signals in the store that nobody has folded yet."""
    return queries.ingest_rate(system("test")).waiting


def event(key: str, **more: Any) -> dict[str, Any]:
    payload = {"summary": "Disk full", "source": "db-1", "severity": "critical"}
    return {"routing_key": key, "event_action": "trigger", "payload": payload, **more}


def test_what_is_answered_2xx_is_in_the_store(ask: Ask, key: str) -> None:
    status, _, answer = ask("POST", "/v2/enqueue", event(key, dedup_key="d"))
    assert (status, answer) == (202, {"status": "success", "message": "Event processed", "dedup_key": "d"})
    assert waiting() == 1


def test_an_unwell_store_is_503_with_retry_after(ask: Ask, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(rows: Any) -> None:
        raise StoreUnwell

    monkeypatch.setattr(app._writer, "store", fail)
    status, headers, _ = ask("POST", f"/in/{key}/api/v2/alerts", [{"labels": {"a": "b"}}])
    assert (status, headers[b"retry-after"]) == (503, b"1")


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"routing_key": ""}, "'routing_key' is missing or blank"),
        ({"routing_key": "short"}, "Length of 'routing_key' is incorrect (should be 32 characters)"),
        ({"event_action": "explode"}, "'event_action' is invalid"),
        ({"event_action": "resolve"}, "'dedup_key' is missing or blank"),
        ({"payload": {"summary": "x", "source": "y", "severity": "bad"}}, "'payload.severity' is invalid"),
        ({"payload": None}, "'payload' is missing or blank"),
    ],
)
def test_a_bad_pagerduty_event_is_refused_in_its_own_words(
    ask: Ask, key: str, change: dict[str, Any], word: str
) -> None:
    status, _, answer = ask("POST", "/v2/enqueue", {**event(key), **change})
    assert (status, answer["status"], answer["message"]) == (400, "invalid event", "Event object is invalid")
    assert answer["errors"][0].startswith(word)
    assert waiting() == 0


def test_a_key_nobody_has_is_refused(ask: Ask, key: str) -> None:
    assert ask("POST", "/v2/enqueue", event("x" * 32))[0] == 400
    assert ask("POST", "/in/nope/api/v2/alerts", [])[0] == 404
    assert ask("POST", "/api/v2/alerts", [{"labels": {"a": "b"}}])[0] == 401


def test_the_good_alerts_of_a_batch_are_kept(ask: Ask, key: str) -> None:
    body = [
        {"labels": {"a": "b"}},
        {"labels": {}},
        {"nope": 1},
        {"labels": {"c": "d"}, "startsAt": "2026-01-01T00:00:00Z"},
    ]
    status, _, answer = ask("POST", f"/in/{key}/api/v2/alerts", body)
    assert status == 400
    assert "at least one label pair required" in answer
    assert waiting() == 2


def test_the_key_may_come_as_bearer_or_basic(ask: Ask, key: str) -> None:
    basic = "Basic " + base64.b64encode(f"prometheus:{key}".encode()).decode()
    assert ask("POST", "/v1/alerts", {"title": "x"}, authorization=f"Bearer {key}")[0] == 202
    assert ask("POST", "/api/v2/alerts", [{"labels": {"a": "b"}}], authorization=basic)[0] == 200


def test_a_body_too_large_is_refused_in_the_formats_shape(ask: Ask, key: str) -> None:
    status, _, answer = ask("POST", "/v2/enqueue", event(key, client="x" * 600_000))
    assert (status, answer["status"]) == (413, "invalid event")


def test_a_well_formed_webhook_is_never_answered_4xx(ask: Ask, key: str) -> None:
    for body in ({}, {"alerts": []}, {"alerts": [5, {"labels": {"a": 1}, "startsAt": "soon"}], "new": {}}):
        assert ask("POST", f"/in/{key}/alertmanager", body)[0] == 200
    assert waiting() == 1


def test_amtool_may_silence_its_own_source_only(ask: Ask, key: str) -> None:
    other = commands.add_integration(system("test"), kind="prometheus", name="Other").key
    posted = {
        "matchers": [{"name": "a", "value": "b", "isRegex": False}],
        "startsAt": "2026-01-01T00:00:00Z",
        "endsAt": "2099-01-01T00:00:00Z",
        "createdBy": "ada",
        "comment": "work",
    }
    status, _, answer = ask("POST", f"/in/{key}/api/v2/silences", posted)
    assert status == 200
    source = next(i for i in queries.integrations(system("test")) if i.name == "Prometheus")
    assert queries.silences(system("test"))[0].integration_id == source.id
    assert ask("GET", f"/in/{other}/api/v2/silence/{answer['silenceID']}")[0] == 404
    assert ask("DELETE", f"/in/{other}/api/v2/silence/{answer['silenceID']}")[0] == 404
    assert ask("DELETE", f"/in/{key}/api/v2/silence/{answer['silenceID']}")[0] == 200


def test_amtool_sees_what_is_inhibited_and_may_leave_it_out(ask: Ask, key: str) -> None:
    house = system("test")
    rule = commands.save_inhibition(house, name="Down", source="alertname=HostDown", target="alertname=Slow")
    alerts = [{"labels": {"alertname": name}} for name in ("HostDown", "Slow")]
    assert ask("POST", f"/in/{key}/api/v2/alerts", alerts)[0] == 200
    run_engine()
    found = {a["labels"]["alertname"]: a["status"] for a in ask("GET", f"/in/{key}/api/v2/alerts")[2]}
    assert (found["Slow"]["state"], found["Slow"]["inhibitedBy"]) == ("suppressed", [rule])
    assert found["HostDown"]["state"] == "active"
    rest = ask("GET", f"/in/{key}/api/v2/alerts", query="inhibited=false")[2]
    assert [a["labels"]["alertname"] for a in rest] == ["HostDown"]


def test_without_a_readable_table_of_keys_nobody_is_turned_away(
    ask: Ask, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> Any:
        raise OperationalError("no connection")

    monkeypatch.setattr(app._keys, "_load", away)
    app._keys._table.clear()
    assert ask("POST", "/v2/enqueue", event(key))[0] == 503


def test_a_key_made_a_moment_ago_works(key: str) -> None:
    async def main() -> int:
        await app.startup()
        try:
            fresh = await asyncio.to_thread(commands.add_integration, system("test"), kind="generic", name="Fresh")
            return (await _request("POST", f"/in/{fresh.key}/generic", b'{"title":"x"}', {}, ""))[0]
        finally:
            await app.shutdown()

    assert asyncio.run(main()) == 202


def test_a_question_without_a_key_is_refused(ask: Ask, key: str) -> None:
    assert ask("GET", "/api/v2/alerts")[0] == 401
    assert ask("GET", "/api/v2/alerts", authorization="Bearer nope")[0] == 401
    assert ask("GET", f"/in/{key}/api/v2/alerts", query="filter=%7Bbroken")[0] == 400


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
PATHS = ("/v2/enqueue", "/v2/change/enqueue", "/api/v2/alerts", "/api/v2/silences", "/alertmanager", "/generic")


@pytest.mark.parametrize("path", PATHS)
def test_no_bytes_crash_the_door(key: str, path: str) -> None:
    async def main(bodies: list[bytes]) -> None:
        await app.startup()
        try:
            for body in bodies:
                status, _, _ = await _request("POST", f"/in/{key}{path}", body, {}, "")
                assert status < 500, (status, body)
        finally:
            await app.shutdown()

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.binary(max_size=200) | JSON.map(msgspec.json.encode), min_size=5, max_size=20))
    def check(bodies: list[bytes]) -> None:
        asyncio.run(main([*bodies, b"[" * 50_000, b'{"labels":{"a":"\\ud800"}}', b"\xff\xfe", b""]))

    check()
