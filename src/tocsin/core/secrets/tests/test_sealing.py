"""Sealed secrets: opened only where they were sealed for, gone when their key is destroyed."""

import pytest

from tocsin.core.secrets.keyring import keyring
from tocsin.core.secrets.sealing import ERASED, SealBroken, forget, keys_once, open_for, open_sealed, seal, seal_for


def test_what_is_sealed_opens_for_its_scope_only():
    sealed = seal("hunter2", "integration.key")
    assert "hunter2" not in sealed
    assert open_sealed(sealed, "integration.key") == "hunter2"
    with pytest.raises(SealBroken):
        open_sealed(sealed, "another.scope")


def test_a_changed_seal_does_not_open():
    sealed = seal("hunter2", "s")
    flipped = sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:]
    with pytest.raises(SealBroken):
        open_sealed(flipped, "s")
    with pytest.raises(SealBroken):
        open_sealed("no seal at all", "s")


@pytest.mark.django_db
def test_forgetting_a_scope_erases_what_was_sealed_for_it_and_nothing_else():
    mine, hers = seal_for("person:1", "mine"), seal_for("person:2", "hers")
    assert open_for("person:1", mine) == "mine"
    forget("person:1")
    assert (open_for("person:1", mine), open_for("person:2", hers)) == (ERASED, "hers")
    assert seal_for("person:1", "new") == ERASED, "an erased person stays erased"


def test_two_processes_that_start_together_share_one_keyring(settings, tmp_path):
    settings.HOME = tmp_path
    first = keyring()
    assert keyring().sealing == first.sealing
    assert (tmp_path / "keyring.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.django_db
def test_many_texts_of_one_scope_look_its_key_up_once_and_forgetting_still_counts_afterwards(
    django_assert_num_queries,
):
    sealed = [seal_for("person:7", text) for text in ("one", "two", "three")]
    with keys_once(), django_assert_num_queries(1):
        assert [open_for("person:7", each) for each in sealed] == ["one", "two", "three"]
    forget("person:7")
    with keys_once():
        assert open_for("person:7", sealed[0]) == ERASED
