"""A choice among many has a search that works in every form, with scripts and without."""

import pytest
from django import forms
from django.template import engines
from django.test import RequestFactory

from tocsin.ui.forms import ScreenForm
from tocsin.ui.picking import FIND, MANY_BOXES, MANY_OPTIONS, fits

NAMES = ["Ada Ljungqvist", "Zoë Žižek", "José Peña", *(f"Person {n}" for n in range(60))]
PEOPLE = [(f"p{number}", name) for number, name in enumerate(NAMES)]


class Call(ScreenForm):
    title = forms.CharField(label="Title")
    people = forms.MultipleChoiceField(
        label="People", required=False, widget=forms.CheckboxSelectMultiple, choices=PEOPLE
    )
    lead = forms.ChoiceField(label="Lead", choices=[("", "Nobody"), ("The team", PEOPLE)], required=False)


def sent(**values: object) -> Call:
    request = RequestFactory().post("/", {"title": "Call", **values})
    return Call(request.POST)


@pytest.mark.parametrize("words", ["zizek", "ZOE ž", "ek zo", ""])
def test_a_search_does_not_mind_capitals_accents_or_the_order_of_words(words: str) -> None:
    assert fits(words, "Zoë Žižek")


def test_a_long_list_is_searched_and_a_short_one_is_not() -> None:
    html = str(Call())
    assert html.count("data-find") == 2
    assert html.count('type="radio"') == len(PEOPLE) + 1
    form = Call()
    form.fields["people"].choices = PEOPLE[:MANY_BOXES]  # type: ignore[attr-defined]
    form.fields["lead"].choices = PEOPLE[:MANY_OPTIONS]  # type: ignore[attr-defined]
    html = str(form)
    assert "data-find" not in html
    assert "<select" in html


def test_who_is_chosen_stands_first_and_is_counted() -> None:
    html = str(Call(initial={"people": ["p40", "p7"], "lead": "p2"}))
    assert html.index("Person 4<") < html.index("Person 37<") < html.index("Ada Ljungqvist")
    assert "<b data-picked>2</b>" in html
    assert "data-picked-one><bdi>José Peña</bdi>" in html


def test_without_scripts_a_search_draws_the_form_again_and_does_nothing() -> None:
    form = sent(**{FIND: "1", "find_people": "zizek", "people": ["p9"], "title": ""})
    assert not form.is_valid()
    html = str(form)
    assert "t-wrong" not in html, "who searches has made no mistake"
    people = html[html.index("People") : html.index("Lead")]
    assert "Zoë Žižek" in people
    assert "Person 6<" in people, "who is chosen stays in the form"
    assert people.count('type="checkbox"') == 2
    assert form.cleaned_data["people"] == ["p9"], "a preview of the form goes on"


def test_what_was_typed_to_search_is_nothing_when_the_form_is_sent() -> None:
    form = sent(find_people="zizek", people=["p9"])
    assert form.is_valid()
    assert str(form).count('type="checkbox"') == len(PEOPLE)


def test_a_search_that_finds_nothing_says_so() -> None:
    assert 't-pick-none t-meta" role="status">' in str(sent(**{FIND: "1", "find_people": "nobody at all"}))
    assert "hidden>Nothing fits" in str(sent(**{FIND: "1", "find_people": "ada"}))


def test_names_are_shown_as_they_are_and_never_run() -> None:
    form = Call()
    form.fields["people"].choices = [(f"p{n}", f"<b>{n}</b>") for n in range(40)]  # type: ignore[attr-defined]
    assert "&lt;b&gt;3&lt;/b&gt;" in str(form)


def test_a_choice_of_the_address_is_searched_like_any_other() -> None:
    template = engines["django"].from_string(
        '{% choose "who" "Whose" people "p1" "Everybody" as field %}{% pick_of field as list %}{{ list.rows }}'
    )
    request = RequestFactory().get("/", {FIND: "1", "find_who": "jose", "who": "p1"})
    html = template.render({"people": PEOPLE}, request)
    assert "Everybody" in html
    assert "José Peña" in html
    assert "Zoë Žižek" in html
    assert "Person 5<" not in html


def test_a_list_without_choices_says_that_there_is_none_yet() -> None:
    form = Call()
    form.fields["people"].choices = []  # type: ignore[attr-defined]
    assert "None yet." in str(form)
