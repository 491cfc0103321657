"""Editions of a rulebook: drafted, compared, published, never changed again."""

from collections.abc import Iterator
from typing import Any

import pytest

from tocsin.core.log import read_stream
from tocsin.domain.rulebooks import commands, ports, queries
from tocsin.domain.rulebooks.models import Edition
from tocsin.domain.rulebooks.ports import Book, register_book
from tocsin.kernel.actor import Actor, Role, system
from tocsin.kernel.errors import Conflict, Denied, Invalid, NotFound

ADA = Actor(id="person:ada", name="Ada", roles=frozenset({Role.ADMINISTRATOR}))
BEA = Actor(id="person:bea", name="Bea", roles=frozenset({Role.ADMINISTRATOR}))
CARL = Actor(id="person:carl", name="Carl", roles=frozenset({Role.COMMANDER}))
pytestmark = pytest.mark.django_db


def _check(content: dict[str, Any]) -> None:
    if content.get("limit", 0) < 0:
        raise Invalid("limit: it must be 0 or more.", field="limit")


def _differences(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [f"limit {before['limit']} becomes {after['limit']}"] if before != after else []


@pytest.fixture(autouse=True)
def book() -> Iterator[None]:
    register_book(Book("test", "the test book", {"limit": 1}, _check, _differences))
    yield
    del ports._books["test"]


def test_the_first_edition_comes_with_the_program() -> None:
    found = queries.in_force(CARL, "test")
    assert (found.number, found.content, found.author) == (1, {"limit": 1}, "Tocsin")


def test_a_published_edition_is_in_force_and_the_older_ones_stay() -> None:
    commands.save_draft(ADA, book="test", content={"limit": 5})
    assert queries.in_force(CARL, "test").number == 1
    assert commands.publish(ADA, book="test", note="Too strict") == 2
    assert queries.in_force(CARL, "test").content == {"limit": 5}
    assert queries.edition(CARL, "test", 1).content == {"limit": 1}
    assert [e.number for e in queries.editions(CARL, "test")] == [2, 1]
    assert queries.draft(CARL, "test") is None
    told = read_stream("rulebook:test")[-1]
    assert told.event.sentence() == "published edition 2 of the test book"
    assert told.event.body() == "Too strict\nlimit 1 becomes 5"


def test_two_who_publish_at_once_make_one_edition() -> None:
    version = commands.save_draft(ADA, book="test", content={"limit": 5})
    commands.publish(BEA, book="test", version=version)
    with pytest.raises(Conflict, match="someone else may have published it"):
        commands.publish(ADA, book="test", version=version)
    assert len(queries.editions(ADA, "test")) == 2


def test_nobody_publishes_what_another_changed_since_they_looked() -> None:
    version = commands.save_draft(ADA, book="test", content={"limit": 5})
    commands.save_draft(BEA, book="test", content={"limit": 9}, version=version)
    with pytest.raises(Conflict, match="Bea changed the draft"):
        commands.publish(ADA, book="test", version=version)
    with pytest.raises(Conflict, match="Bea changed the draft"):
        commands.save_draft(ADA, book="test", content={"limit": 7}, version=version)


def test_a_draft_made_from_an_older_edition_is_not_put_over_a_newer_one() -> None:
    commands.save_draft(ADA, book="test", content={"limit": 5})

    Edition.objects.filter(number=None).update(based_on=0)
    with pytest.raises(Conflict, match="was published since this draft was begun"):
        commands.publish(ADA, book="test")


def test_nonsense_is_refused_and_a_discarded_draft_leaves_nothing() -> None:
    with pytest.raises(Invalid, match="limit"):
        commands.save_draft(ADA, book="test", content={"limit": -1})
    commands.save_draft(ADA, book="test", content={"limit": 1})
    with pytest.raises(Invalid, match="nothing differs"):
        commands.publish(ADA, book="test")
    commands.discard_draft(ADA, book="test")
    assert queries.draft(ADA, "test") is None
    with pytest.raises(NotFound):
        queries.edition(ADA, "test", 7)


def test_only_administrators_change_rules() -> None:
    with pytest.raises(Denied):
        commands.save_draft(CARL, book="test", content={"limit": 5})
    with pytest.raises(Denied):
        commands.publish(CARL, book="test")
    assert commands.put_into_force(system("file"), book="test", content={"limit": 5}) == 2
    assert commands.put_into_force(system("file"), book="test", content={"limit": 5}) == 2
