"""Turns at SQLite's one writer: a busy program lets another in, and one that is frozen is overtaken."""

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tocsin.core.engine import fairness


@pytest.fixture(autouse=True)
def _a_home(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HOME = tmp_path
    monkeypatch.setattr(fairness, "_turnstile", fairness._Turnstile())
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has many writers")


def _busy(stop: threading.Event) -> None:
    while not stop.is_set():
        with fairness.fair_turn():
            time.sleep(0.02)


def test_one_who_waits_gets_the_next_turn_of_a_busy_writer() -> None:
    stop, waits = threading.Event(), []
    other = threading.Thread(target=_busy, args=(stop,))
    other.start()
    try:
        for _ in range(10):
            began = time.monotonic()
            with fairness.fair_turn():
                waits.append(time.monotonic() - began)
            time.sleep(0.005)
    finally:
        stop.set()
        other.join()
    assert sorted(waits)[5] < 0.2


def test_a_frozen_holder_is_overtaken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fairness, "_PATIENCE", 0.05)
    held, release = threading.Event(), threading.Event()

    def freeze() -> None:
        with fairness.fair_turn():
            held.set()
            release.wait(10)

    other = threading.Thread(target=freeze)
    other.start()
    held.wait(10)
    try:
        with fairness.fair_turn():
            assert other.is_alive()
    finally:
        release.set()
        other.join()


def test_a_turn_within_a_turn_waits_for_nobody() -> None:
    with fairness.fair_turn(), fairness.fair_turn():
        assert fairness._turnstile.inside
    assert not fairness._turnstile.inside
