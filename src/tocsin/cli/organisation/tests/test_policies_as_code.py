"""Steps that count sometimes, take turns, tell webhooks and hand over: to a file and back without a difference."""

import pytest

from tocsin.cli.organisation import apply_changes, as_yaml, difference
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.oncall import queries
from tocsin.kernel.actor import system
from tocsin.kernel.errors import Invalid

pytestmark = pytest.mark.django_db
CLI = system("cli")
SHOP = """
people:
  - {email: ada@shop.example, name: Ada Holm, roles: [administrator]}
  - {email: bo@shop.example, name: Bo Lind}
teams:
  - {slug: store, name: Store, members: [bo@shop.example, ada@shop.example]}
policies:
  - name: Store
    steps:
      - {page: [{policy: Night}], when: {hours: closed, calendar: store}}
      - {page: [{webhook: Bridge bot}]}
      - {page: [{team: store}], in_turn: true, wait: 5m, when: {severities: [high, critical], kinds: [security]}}
  - name: Night
    steps:
      - {page: [{person: bo@shop.example}]}
"""


def test_every_kind_of_step_stands_in_a_file() -> None:
    delivery.add_destination(CLI, kind="webhook", address="https://hooks.example.org/x", label="Bridge bot")
    apply_changes(CLI, SHOP)
    store = next(p for p in queries.policies(CLI) if p.name == "Store")
    assert [step.targets[0].name for step in store.steps] == ["Night", "Bridge bot", "Store"]
    assert store.steps[0].when.words == "out of working hours of Store"
    assert store.steps[2].when.words == "Critical or High, Security"
    assert store.steps[2].in_turn
    assert difference(CLI, SHOP) == []
    assert difference(CLI, as_yaml(CLI)) == []


def test_policies_that_hand_to_each_other_are_refused_and_nothing_is_changed() -> None:
    circle = SHOP.replace("{person: bo@shop.example}", "{policy: Store}").replace(
        "- {page: [{webhook: Bridge bot}]}", ""
    )
    with pytest.raises(Invalid, match="there is no policy"):
        apply_changes(CLI, circle)
    assert not queries.policies(CLI)


def test_a_webhook_that_is_not_there_is_named() -> None:
    with pytest.raises(Invalid, match="there is no webhook of the organisation 'Bridge bot'"):
        apply_changes(CLI, SHOP)
