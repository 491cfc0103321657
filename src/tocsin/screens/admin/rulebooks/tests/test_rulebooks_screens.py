"""Targets, matrix and clocks as administrators change them: drafted, compared, published; nonsense is refused."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tocsin.domain.accounts import commands as accounts
from tocsin.domain.rulebooks import queries
from tocsin.kernel.actor import Role, system

HOUSE = system("test")
pytestmark = pytest.mark.django_db


def signed_in(*roles: Role) -> Client:
    id_ = accounts.add_person(HOUSE, email=f"{roles[0]}@example.org", name=f"{roles[0]} person", roles=roles)
    client = Client()
    client.force_login(get_user_model().objects.get(id=id_), "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def ada() -> Client:
    return signed_in(Role.ADMINISTRATOR)


def see(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def fields(page: str) -> dict[str, str]:
    """What the page's own form would send back: its inputs, and the chosen option of each select."""
    found = dict(re.findall(r'<input[^>]*name="([\w-]+)"[^>]*value="([^"]*)"', page))
    for name, options in re.findall(r'<select[^>]*name="([\w-]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return {name: value for name, value in found.items() if name != "csrfmiddlewaretoken"}


def test_targets_are_drafted_compared_and_published(ada: Client) -> None:
    said = fields(see(ada, "/settings/targets/")) | {"critical_resolve": "3 hours"}
    said.pop("version", None)
    assert ada.post("/settings/targets/", said).status_code == 302
    page = see(ada, "/settings/targets/")
    assert "Critical, Resolve: 4 hours becomes 3 hours" in page
    assert queries.in_force(HOUSE, "targets").number == 1
    sent = ada.post("/settings/rulebooks/targets/publish/", {"version": "1", "note": "Customers wait"})
    assert sent.status_code == 302
    assert queries.in_force(HOUSE, "targets").content["critical"]["resolve"] == "3 hours"
    page = see(ada, "/settings/rulebooks/targets/2/")
    assert "Customers wait" in page
    assert "4 hours becomes 3 hours" in page


def test_a_target_that_is_no_time_is_refused_in_its_cell_and_stays_typed(ada: Client) -> None:
    said = fields(see(ada, "/settings/targets/")) | {"high_mitigate": "soonish"}
    said.pop("version", None)
    response = ada.post("/settings/targets/", said)
    assert response.status_code == 422
    page = response.content.decode()
    assert "is no time; write it like 20 minutes" in page
    assert 'value="soonish"' in page
    assert queries.draft(HOUSE, "targets") is None


def test_a_hole_in_the_matrix_is_refused_and_a_worse_cell_is_published(ada: Client) -> None:
    said = fields(see(ada, "/settings/severity-matrix/"))
    said.pop("version", None)
    refused = ada.post("/settings/severity-matrix/", said | {"intact-normal-few": ""})
    assert refused.status_code == 422
    assert "ew / normal / intact has no severity" in refused.content.decode()
    assert (
        ada.post(
            "/settings/severity-matrix/", said | {"intact-normal-none": "low", "damaged-normal-few": "critical"}
        ).status_code
        == 302
    )
    assert "data damaged: High becomes Critical" in see(ada, "/settings/severity-matrix/")


def test_a_contract_is_added_as_a_regime_with_clocks_of_its_own(ada: Client) -> None:
    given = {"name": "Bank contract", "citation": "Annex 3", "text_version": "2026", "checked_on": "2026-11-01"}
    assert ada.post("/settings/legal-clocks/regimes/add/", given)["Location"].endswith("/regimes/bank_contract/")
    clock = {
        "owed": "Report",
        "to": "The bank",
        "trigger": "submitted",
        "after": "notice",
        "amount": "5",
        "unit": "business_days",
    }
    assert ada.post("/settings/legal-clocks/regimes/bank_contract/add/", clock).status_code == 302
    draft = queries.draft(HOUSE, "clocks")
    assert draft is not None
    assert [c["key"] for c in draft.content["regimes"][-1]["clocks"]] == ["notice", "report"]
    ada.post("/settings/legal-clocks/", {"who": ["controller"]})
    assert "Bank contract is added" in see(ada, "/settings/legal-clocks/")
    ada.post("/settings/rulebooks/clocks/publish/", {"note": ""})
    found = queries.in_force(HOUSE, "clocks")
    assert (found.number, found.content["who"]) == (2, ["controller"])


def test_a_clock_keeps_what_its_form_does_not_know(ada: Client) -> None:
    page = see(ada, "/settings/legal-clocks/regimes/dora/initial/")
    assert 'value="24"' in page
    given = {
        "owed": "Initial notification",
        "to": "Authority",
        "trigger": "classified",
        "amount": "3",
        "unit": "hours",
        "cap_trigger": "aware",
        "cap_hours": "24",
        "weekend": "on",
    }
    assert ada.post("/settings/legal-clocks/regimes/dora/initial/", given).status_code == 302
    draft = queries.draft(HOUSE, "clocks")
    assert draft is not None
    kept = next(r for r in draft.content["regimes"] if r["key"] == "dora")["clocks"][0]
    assert (kept["amount"], kept["weekend_not_for"]) == (3, ["credit_institution", "nis2"])
    refused = ada.post("/settings/legal-clocks/regimes/dora/initial/", given | {"trigger": "submitted"})
    assert refused.status_code == 422
    assert "name the earlier report" in refused.content.decode()


def test_a_draft_is_discarded_and_others_only_look(ada: Client) -> None:
    ada.post("/settings/legal-clocks/", {"who": ["controller"]})
    ada.post("/settings/rulebooks/clocks/discard/")
    assert queries.draft(HOUSE, "clocks") is None
    amina = signed_in(Role.COMMANDER)
    for path in ("targets/", "severity-matrix/", "legal-clocks/", "legal-clocks/regimes/gdpr/"):
        assert "Save draft" not in see(amina, f"/settings/{path}")
    assert amina.post("/settings/legal-clocks/", {"who": ["sec"]}).status_code == 403
    assert amina.post("/settings/rulebooks/clocks/publish/").status_code == 403
    assert ada.get("/settings/legal-clocks/regimes/nothing/").status_code == 404


def test_a_team_keeps_hours_of_its_own_and_gives_them_back(ada: Client) -> None:
    accounts.add_team(HOUSE, name="Night shift")
    path = "/settings/people/teams/night-shift/hours/"
    ada.post(path, {"days": ["monday", "tuesday"], "opens": "22:00", "closes": "00:00", "holiday_region": "DE-BE"})
    assert "The team keeps its own" in see(ada, path)
    refused = ada.post(path, {"days": ["monday"], "opens": "10:00", "closes": "09:00"})
    assert refused.status_code == 422
    ada.post(path, {"days": []})
    assert "keeps the organisation&#x27;s" in see(ada, path) or "keeps the organisation's" in see(ada, path)
