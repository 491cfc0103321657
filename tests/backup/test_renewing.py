"""Keys are renewed while everything runs: nothing stays shut, nothing stays under the old key, old signatures hold."""

import json
from datetime import timedelta

import pytest
import time_machine

from tocsin.core.events.checkpoints import checkpoint
from tocsin.core.events.verify import verify_log
from tocsin.core.log import append
from tocsin.core.secrets import renewing
from tocsin.core.secrets.keyring import keyring
from tocsin.core.secrets.models import DataKey
from tocsin.core.secrets.sealing import open_for, seal_for
from tocsin.domain.accounts.events import PersonAdded
from tocsin.domain.delivery.models import Destination
from tocsin.kernel.actor import system
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_home(settings, tmp_path):
    settings.HOME = tmp_path


def _address() -> str:
    return Destination.objects.values_list("address", flat=True).get()


def test_everything_sealed_opens_after_a_renewal_and_the_old_key_can_go():
    Destination.objects.create(kind="email", address="ada@example.org", label="Mail", created_at=now())
    secret = seal_for("person:1", "a person's words")
    assert renewing.renew_keys() >= 3, "address, config and the person's key"
    assert (keyring().current, keyring().signing_name) == ("k2", "s2")
    assert renewing.sealed_under("k1") == 0
    with time_machine.travel(now() + timedelta(minutes=11)):
        renewing.retire("k1")
    assert list(keyring().sealing) == ["k2"]
    assert _address() == "ada@example.org"
    assert open_for("person:1", secret) == "a person's words"


def test_an_interrupted_renewal_is_finished_later_and_loses_nothing(monkeypatch):
    Destination.objects.create(kind="email", address="ada@example.org", label="Mail", created_at=now())
    monkeypatch.setattr(renewing, "seal_anew", lambda: 0)
    renewing.renew_keys()
    monkeypatch.undo()
    assert _address() == "ada@example.org", "it still opens under the key that it names"
    with time_machine.travel(now() + timedelta(minutes=11)), pytest.raises(Conflict, match="renew --again"):
        renewing.retire("k1")
    assert renewing.seal_anew() == 2
    assert renewing.sealed_under("k1") == 0
    assert renewing.seal_anew() == 0


def test_a_key_goes_only_when_nothing_can_need_it():
    with pytest.raises(Conflict, match="current key"):
        renewing.retire("k1")
    with pytest.raises(NotFound, match="no sealing key 'k9'"):
        renewing.retire("k9")
    renewing.renew_keys()
    with pytest.raises(Conflict, match="ten minutes"):
        renewing.retire("k1")


def test_the_log_signed_by_an_earlier_key_stays_verified():
    append("person:1", PersonAdded(person="1", name="Ada", email="a@example.org", roles=[]), system("test"))
    checkpoint()
    renewing.renew_keys()
    append("person:1", PersonAdded(person="1", name="Ada", email="a@example.org", roles=[]), system("test"))
    checkpoint()
    verdict = verify_log()
    assert verdict.whole, verdict.faults
    assert verdict.checkpoints == 2


def test_a_process_notices_that_another_one_renewed_the_keys(settings):
    held = keyring()
    content = json.loads((settings.HOME / "keyring.json").read_text())
    content["sealing"]["k7"] = content["sealing"]["k1"]
    draft = settings.HOME / "draft"
    draft.write_text(json.dumps(content | {"current": "k7"}))
    draft.replace(settings.HOME / "keyring.json")
    assert (held.current, keyring().current) == ("k1", "k7")


def test_a_destroyed_key_stays_destroyed():
    secret = seal_for("person:1", "gone")
    DataKey.objects.update(wrapped="", destroyed_at=now())
    renewing.renew_keys()
    assert open_for("person:1", secret) == "(erased)"
