"""The frame shows what others register, and survives their faults."""

import pytest

from tocsin.kernel.actor import ANONYMOUS, Actor
from tocsin.ui import shell
from tocsin.ui.shell import Action, Badge, Fact

AMINA = Actor(id="person:1", name="Amina Diallo", person="1")


@pytest.fixture(autouse=True)
def empty_registry(monkeypatch):
    for name, fresh in (("_urls", {}), ("_badges", {}), ("_facts", {}), ("_palettes", []), ("_searches", [])):
        monkeypatch.setattr(shell, name, fresh)


def test_a_place_without_an_address_is_not_shown() -> None:
    shell.nav_url("incidents", "/incidents/")
    assert [p.label for p in shell.places(AMINA)] == ["Incidents"]


def test_a_place_that_does_not_exist_cannot_be_registered() -> None:
    with pytest.raises(ValueError, match="no place 'reports'"):
        shell.nav_url("reports", "/reports/")


def test_a_badge_of_zero_is_left_out() -> None:
    shell.nav_url("support", "/support/")
    shell.register_badge("support", lambda actor: Badge(0, "tickets"))
    assert shell.places(AMINA)[0].badge is None


def test_a_broken_badge_does_not_take_the_page_down() -> None:
    def broken(actor: Actor) -> Badge:
        raise RuntimeError("the room is not well")

    shell.nav_url("support", "/support/")
    shell.register_badge("support", broken)
    assert shell.places(AMINA)[0].badge is None


def test_facts_stand_in_their_order() -> None:
    shell.register_fact("health", lambda actor: Fact("Well", state="ok"), order=90)
    shell.register_fact("mine", lambda actor: Fact("none", "My pages"), order=10)
    shell.register_fact("empty", lambda actor: None, order=1)
    assert [fact.value for _, fact in shell.facts(AMINA)] == ["none", "Well"]


def test_the_palette_finds_actions_by_any_of_their_words_and_searches_from_two_letters_on() -> None:
    asked: list[str] = []

    def search(actor: Actor, text: str) -> list[Action]:
        asked.append(text)
        return [Action("Checkout failing", "/i/42", "Found", hint="INC-42")]

    shell.register_palette(lambda actor: [Action("Declare an incident", "/new", "Do", keywords="open new")])
    shell.register_search(search)
    assert [row.url for row in shell.palette(ANONYMOUS, "open inc")] == ["/new", "/i/42"]
    shell.palette(ANONYMOUS, "x")
    assert asked == ["open inc"]
