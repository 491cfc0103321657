"""Forms keep what was typed and put a command's refusal beside its field."""

from datetime import timedelta

import pytest
from django import forms

from tocsin.kernel.errors import Conflict, Invalid
from tocsin.ui.forms import DurationField, Levels, ScreenForm, TypedConfirmation


class Declare(ScreenForm):
    title = forms.CharField(label="Title", help_text="What people see.")
    wait = DurationField(label="Wait", required=False)
    level = forms.ChoiceField(label="Level", widget=Levels, choices=[("1", "1"), ("2", "2")], required=False)


def test_a_refusal_of_the_command_lands_beside_the_field_it_names() -> None:
    form = Declare({"title": "Checkout failing"})
    assert form.is_valid()
    with form.refusals():
        raise Invalid("title: somebody declared this already.", field="title")
    assert form.errors["title"] == ["Somebody declared this already."]
    html = str(form)
    assert 'value="Checkout failing"' in html
    assert 'id="id_title_error"' in html
    assert 'aria-invalid="true"' in html


def test_a_refusal_without_a_field_stands_on_top() -> None:
    form = Declare({"title": "x"})
    form.is_valid()
    with form.refusals():
        raise Conflict("Mateo Fuentes was faster.")
    assert form.errors_listed() == [(None, "Mateo Fuentes was faster.")]


def test_a_refusal_does_not_hide_other_faults() -> None:
    form = Declare({"title": "x"})
    with pytest.raises(ZeroDivisionError), form.refusals():
        raise ZeroDivisionError


def test_durations_are_typed_as_people_write_them() -> None:
    form = Declare({"title": "x", "wait": "1h 30m"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["wait"] == timedelta(minutes=90)
    wrong = Declare({"title": "x", "wait": "soon"})
    assert "write it like 90s" in wrong.errors["wait"][0]


def test_a_prefilled_value_names_its_source() -> None:
    assert "customer directory" in str(Declare(sources={"title": "customer directory"}))


def test_what_cannot_be_undone_needs_the_exact_name() -> None:
    assert TypedConfirmation({"confirm": "pg-main"}, expected="pg-main").is_valid()
    wrong = TypedConfirmation({"confirm": "pg-main-2"}, expected="pg-main")
    assert not wrong.is_valid()
    assert wrong.errors["confirm"] == ["Type pg-main exactly; nothing was done."]
