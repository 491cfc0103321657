"""Accounts with vendors in a file: settings come and go, secrets never."""

from typing import Any

import pytest

from tocsin.cli.organisation import apply_changes, as_yaml
from tocsin.domain.delivery import commands
from tocsin.domain.delivery.channels import account
from tocsin.kernel.actor import system
from tocsin.kernel.errors import Invalid

pytestmark = pytest.mark.django_db
CLI = system("cli")
SID = "AC" + "0" * 32
FILE = f"""
channels:
  - name: twilio
    settings: {{account_sid: {SID}, sender: "+15550100100"}}
"""


def test_a_file_sets_an_account_up_whose_secret_the_environment_knows(settings: Any) -> None:
    with pytest.raises(Invalid, match="auth_token"):
        apply_changes(CLI, FILE)
    settings.CHANNELS = {"TWILIO_AUTH_TOKEN": "canary-7731"}
    assert [str(change) for change in apply_changes(CLI, FILE)] == ["+ channel twilio"]
    assert account("twilio") == {"account_sid": SID, "sender": "+15550100100", "auth_token": "canary-7731"}
    assert apply_changes(CLI, FILE) == []
    written = as_yaml(CLI)
    assert "canary-7731" not in written
    assert SID in written
    assert apply_changes(CLI, written) == []


def test_a_secret_in_a_file_is_refused_with_its_place() -> None:
    text = FILE.replace("sender:", "auth_token: x, sender:")
    with pytest.raises(Invalid, match="TOCSIN_CHANNEL_TWILIO_AUTH_TOKEN"):
        apply_changes(CLI, text)


def test_a_setting_that_the_file_leaves_out_goes_and_the_secret_stays(settings: Any) -> None:
    config = {"account_sid": SID, "auth_token": "kept", "sender": "+15550100100", "caller": "+15550100111"}
    commands.save_channel(CLI, name="twilio", config=config)
    apply_changes(CLI, FILE)
    assert account("twilio") == {"account_sid": SID, "auth_token": "kept", "sender": "+15550100100"}
