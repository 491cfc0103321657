"""Houses that many tests begin in: built once for all tests in a row that ask for it, undone after each of them.

    @house(at=START)
    def world(clock: Traveller) -> World:
        return World(clock, ...)

makes the fixture `world`. Each test gets a copy of its own of what was built, over the database as it was then, at the
time that it was then; time stands still until the test moves it. Hides the transaction that a house stands in, and
that a test with real transactions gets one of its own. What is built may depend on code alone, on no fixture.
"""

import copy
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import override_settings
from pytest_django.plugin import blocking_manager_key

from tocsin.domain.delivery import ports
from tocsin.kernel.clock import now

Build = Callable[[time_machine.Traveller], Any]
_MARK = "__house__"


@dataclass(frozen=True, slots=True)
class _Plan:
    build: Build
    at: datetime
    home: bool


@dataclass(frozen=True, slots=True)
class _Standing:
    """The house that stands, what was built with it, by which clock, until when, the transports it brought, its home.

    `home` is None for a house that keeps its files where all tests do.
    """

    plan: _Plan
    made: Any
    clock: time_machine.Traveller
    until: datetime
    transports: dict[str, ports.Transport]
    home: Path | None
    stack: ExitStack


_standing: _Standing | None = None


def house(*, at: datetime, home: bool = False) -> Callable[[Build], Any]:
    """Decorator: the fixture of this name, built when it was `at`.

    With `home` it keeps its keys and its copies of checkpoints in a folder of its own, and each test in a copy of that.
    """

    def shared(build: Build) -> Any:
        plan = _Plan(build, at, home)

        def enter(db: None) -> Iterator[Any]:
            known = _standing if _standing is not None and _standing.plan is plan else None
            with (
                _home(plan, known.home if known else None),
                _transports_of_its_own(),
                time_machine.travel(known.until if known else at, tick=False) as clock,
            ):
                yield _copy(known, clock) if known else build(clock)

        enter.__doc__, enter.__name__, enter.__module__ = build.__doc__, build.__name__, build.__module__
        setattr(enter, _MARK, plan)
        return pytest.fixture(enter)

    return shared


def _copy(known: _Standing, clock: time_machine.Traveller) -> Any:
    same: dict[int, Any] = {id(known.clock): clock}
    made = copy.deepcopy(known.made, same)
    for kind, transport in known.transports.items():
        ports.register_transport(kind, same.get(id(transport), transport))
    return made


@contextmanager
def _home(plan: _Plan, like: Path | None) -> Iterator[Path | None]:
    if not plan.home:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        if like is not None:
            shutil.copytree(like, folder, dirs_exist_ok=True)
        with override_settings(HOME=Path(folder)):
            yield Path(folder)


@contextmanager
def _transports_of_its_own() -> Iterator[None]:
    before = ports.transports()
    try:
        yield
    finally:
        ports._transports.clear()
        ports._transports.update(before)


def _wanted(item: pytest.Item | None) -> _Plan | None:
    """The house that a test asks for; None when it has real transactions, or asks for none or several."""
    names = getattr(item, "fixturenames", ())
    if item is None or "transactional_db" in names:
        return None
    if any(mark.kwargs.get("transaction") for mark in item.iter_markers("django_db")):
        return None
    known = item._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined]
    plans = [getattr(known[name][-1].func, _MARK, None) for name in names if name in known]
    found: list[_Plan] = [plan for plan in plans if plan is not None]
    return found[0] if len(found) == 1 else None


def _open(plan: _Plan) -> None:
    global _standing
    with ExitStack() as opening:
        opening.enter_context(transaction.atomic())
        opening.callback(transaction.set_rollback, True)
        home = opening.enter_context(_home(plan, None))
        with _transports_of_its_own(), time_machine.travel(plan.at, tick=False) as clock:
            before = ports.transports()
            made = plan.build(clock)
            brought = {kind: one for kind, one in ports.transports().items() if before.get(kind) is not one}
            until = now()
        _standing = _Standing(plan, made, clock, until, brought, home, opening.pop_all())


def _leave_unless(plan: _Plan | None) -> None:
    global _standing
    if _standing is not None and _standing.plan is not plan:
        left, _standing = _standing, None
        left.stack.close()


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: Any, request: pytest.FixtureRequest) -> Iterator[None]:
    """Before the transaction of a test begins, the house that it asks for stands, and no other."""
    if fixturedef.argname == "_django_db_helper":
        plan = _wanted(request.node)
        with request.config.stash[blocking_manager_key].unblock():
            _leave_unless(plan)
            if plan is not None and _standing is None:
                _open(plan)
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """A house that the next test does not ask for is left at once: what modules set up must not stand inside it."""
    result = yield
    with item.config.stash[blocking_manager_key].unblock():
        _leave_unless(_wanted(nextitem))
    return result
