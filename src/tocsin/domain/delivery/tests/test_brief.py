"""What a phone shows and says at three in the morning: short, whole, in its reader's language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.domain.delivery.brief import is_gsm, parts, said_back, sms_text, spoken, units
from tocsin.domain.delivery.doors import Answered, Verb
from tocsin.domain.delivery.phrases import languages, phrase, phrase_names
from tocsin.domain.delivery.ports import Message
from tocsin.domain.delivery.replying import Wish, reference_of, verb_of, wish_of

LINK = "https://tocsin.example.org/p/3q2-7wFxkkQ0o0Zx8bq1f2mO9zc"


def page(title: str = "Critical: INC-42 Checkout is failing", **more: str) -> Message:
    return Message(title, "Error rate 41 %", url=LINK, reference="INC-42", severity="critical", replies=True, **more)


def test_a_page_is_one_text_that_says_what_how_to_answer_and_where_to_look() -> None:
    text = sms_text(page())
    assert text == f"Critical: INC-42 Checkout is failing\nReply 1 to take it, 2 to pass it on.\n{LINK}"
    assert parts(text) == 1


def test_a_page_speaks_the_language_of_its_reader_and_leaves_what_others_wrote() -> None:
    text = sms_text(page(language="de-AT"))
    assert text.startswith("Kritisch: INC-42 Checkout is failing\nAntworte 1")
    assert is_gsm(text)
    assert spoken(page(language="de"))[:3] == ["Tocsin.", "Kritisch.", "I N C 42."]


def test_where_replies_cannot_come_back_none_is_asked_for() -> None:
    assert "Reply" not in sms_text(page(), replies=False)


def test_a_restricted_page_tells_reference_and_severity_only() -> None:
    message = page("Critical: INC-42")
    assert sms_text(message).splitlines()[0] == "Critical: INC-42"
    assert spoken(message) == ["Tocsin.", "Critical.", "I N C 42.", "Details are restricted."]


@given(st.text(max_size=400), st.booleans(), st.sampled_from(languages()))
def test_no_text_is_longer_than_two_parts_and_its_link_is_whole(title: str, answers: bool, language: str) -> None:
    text = sms_text(page(f"Critical: INC-42 {title}", language=language), replies=answers)
    assert parts(text) <= 2
    assert text.endswith(LINK)


@pytest.mark.parametrize(
    ("text", "size", "count"),
    [
        ("a" * 160, 160, 1),
        ("a" * 161, 161, 2),
        ("a" * 306, 306, 2),
        ("a" * 307, 307, 3),
        ("€" * 80, 160, 1),
        ("€" * 81, 162, 2),
        ("ж" * 70, 70, 1),
        ("ж" * 71, 71, 2),
        ("😀" * 35, 70, 1),
        ("😀" * 36, 72, 2),
    ],
)
def test_parts_are_counted_as_networks_count_them(text: str, size: int, count: int) -> None:
    assert (units(text), parts(text)) == (size, count)


def test_typographers_signs_do_not_halve_what_fits() -> None:
    assert is_gsm(sms_text(page("Critical: INC-42 “Checkout” can’t start – 5 × restarted…")))


def test_a_call_is_over_in_few_words_and_never_speaks_a_link() -> None:
    said = " ".join(spoken(page("Critical: INC-42 " + "word " * 100 + LINK)))
    assert len(said) < 170
    assert "http" not in said


FILLED = {
    "reference": "INC-42",
    "by": "Ada",
    "code": "123456",
    "count": "12",
    "reason": "on call",
    "when": "21:30 (Europe/Berlin)",
    "references": "INC-7",
}


def test_every_language_has_every_phrase_and_its_short_ones_fit_one_text() -> None:
    for language in languages():
        for name in phrase_names():
            said = phrase(name, language, **FILLED)
            assert said
            assert parts(said) == 1, (language, name)


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("1", Verb.ACKNOWLEDGE),
        (" Ack. ", Verb.ACKNOWLEDGE),
        ("YES please", Verb.ACKNOWLEDGE),
        ("ja", Verb.ACKNOWLEDGE),
        ("2", Verb.PASS_ON),
        ("pass on", Verb.PASS_ON),
        ("12", None),
        ("who is this?", None),
        ("", None),
        ("no", None),
    ],
)
def test_the_first_word_of_a_reply_says_what_it_asks_for(text: str, verb: Verb | None) -> None:
    assert verb_of(text) is verb


def test_stop_is_heard_only_when_it_is_the_whole_reply() -> None:
    assert wish_of("STOP") is Wish.STOP
    assert wish_of(" stop. ") is Wish.STOP
    assert wish_of("stop the deploy") is None
    assert wish_of("start") is Wish.START
    assert wish_of("1") is None


def test_a_reply_can_name_what_it_is_about() -> None:
    assert reference_of("1 inc-41") == "INC-41"
    assert reference_of("ack") == ""


def test_who_answers_is_told_what_came_of_it() -> None:
    assert said_back(Answered("yours", "x", by="Ada", reference="INC-42"), "en") == "INC-42 is yours."
    assert said_back(Answered("taken", "x", by="Ada", reference="INC-42"), "de").startswith("Ada hat INC-42 schon")
    assert said_back(Answered("refused", "There is nobody else to page."), "en") == "There is nobody else to page."
