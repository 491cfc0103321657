"""Who may read Tocsin's own metrics."""

import pytest

from tocsin.project import own_health


def _scope(client: str, **headers: str) -> dict[str, object]:
    pairs = [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()]
    return {"client": (client, 1234), "headers": pairs}


def test_programs_on_this_machine_may_read_metrics() -> None:
    assert own_health.may_read_metrics(_scope("127.0.0.1"))


def test_strangers_may_not_read_metrics_even_through_a_proxy_on_this_machine() -> None:
    assert not own_health.may_read_metrics(_scope("192.0.2.7"))
    assert not own_health.may_read_metrics(_scope("127.0.0.1", x_forwarded_for="192.0.2.7"))


def test_with_a_token_only_its_bearer_may_read_metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_health, "_TOKEN", "s3cret")
    assert not own_health.may_read_metrics(_scope("127.0.0.1"))
    assert not own_health.may_read_metrics(_scope("127.0.0.1", authorization="Bearer wrong"))
    assert own_health.may_read_metrics(_scope("192.0.2.7", authorization="Bearer s3cret"))
