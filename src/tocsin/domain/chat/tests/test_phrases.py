"""Answers to orders are complete in every language that pages speak."""

from string import Formatter

from tocsin.domain.chat.phrases import _PHRASES
from tocsin.domain.delivery.phrases import languages
from tocsin.domain.incidents.rules.deadlines import DeadlineKind
from tocsin.domain.incidents.rules.states import State


def test_every_language_has_each_answer_with_the_same_words_to_fill_in() -> None:
    filled = {
        language: {name: {part[1] for part in Formatter().parse(text) if part[1]} for name, text in phrases.items()}
        for language, phrases in _PHRASES.items()
    }
    assert sorted(filled) == languages()
    assert all(phrases == filled["en"] for phrases in filled.values())


def test_every_state_and_every_deadline_can_be_said() -> None:
    known = _PHRASES["en"]
    assert {f"state_{state}" for state in State} | {f"due_{kind}" for kind in DeadlineKind} <= set(known)
