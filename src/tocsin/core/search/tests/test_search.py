"""Search: finds by words and beginnings of words, survives any input, shows nobody what he may not see."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from tocsin.core import visibility
from tocsin.core.search.dialect import install_parts_index
from tocsin.core.search.find import index, remove, search
from tocsin.core.search.models import Document
from tocsin.kernel.actor import ANONYMOUS, system
from tocsin.kernel.subject import Subject

ME = system("test")


def put(id_: str, title: str, body: str = "") -> None:
    index(Subject("note", id_, f"INC-{id_}", title, f"/incidents/INC-{id_}/"), body)


def titles(text: str, actor=ME) -> list[str]:
    return [hit.title for hit in search(actor, text)]


@pytest.mark.django_db
def test_words_and_the_beginning_of_the_last_word_find_a_subject():
    put("1", "Checkout failing; primary database down")
    put("2", "Delivery slots slow")
    assert titles("checkout data") == ["Checkout failing; primary database down"]
    assert titles("INC-2") == ["Delivery slots slow"]
    assert titles("database checkout slots") == []


@pytest.mark.django_db
def test_a_changed_subject_is_found_by_its_new_words_only():
    put("1", "Checkout failing")
    put("1", "Payments failing")
    assert titles("checkout") == []
    assert titles("payments") == ["Payments failing"]
    remove("note:1")
    assert titles("payments") == []


@pytest.mark.django_db
def test_who_may_not_see_a_subject_does_not_find_it(monkeypatch):
    put("1", "Breach of the customer database")
    put("2", "Customer database slow")
    assert titles("customer", ANONYMOUS) == [], "a kind without a gate is invisible"
    monkeypatch.setitem(visibility._gates, "note", lambda actor, ids: {i for i in ids if i == "2"})
    assert titles("customer", ANONYMOUS) == ["Customer database slow"]


@pytest.mark.django_db
@given(text=st.text(max_size=60))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_input_breaks_the_search(text):
    search(ME, text)
    search(ME, f'"{text}" OR NEAR(* :& | !')


@pytest.mark.django_db
def test_parts_of_a_column_are_indexed_again_and_again_and_a_refusal_breaks_nothing():
    for table in ("search_document", "search_document", "no_such_table"):
        with capture_logs() as logged:
            install_parts_index(table, "title")
        refused = connection.vendor == "postgresql" and table == "no_such_table"
        assert [line["event"] for line in logged] == ["search_parts_not_indexed"] * refused
    put("1", "Checkout failing")
    assert Document.objects.filter(title__icontains="eckou").count() == 1
