"""The screen Reachability: worst first, each with its mend; empty it says so; the list leaves as CSV."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tocsin.domain.assurance import commands
from tocsin.domain.assurance.gathering import READER
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.oncall.tests.conftest import SYSTEM, World, world

pytestmark = pytest.mark.django_db
__all__ = ["world"]
URL = "/on-call/reachability/"


def signed_in(world: World, name: str) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(id=world.people[name]), "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def ben(world: World) -> Client:
    world.add("Ben", methods=())
    world.policy(("Ben",))
    commands.audit(READER)
    return signed_in(world, "Ben")


def test_a_finding_stands_with_its_mend_and_leads_the_person_to_their_own_methods(ben: Client) -> None:
    page = ben.get(URL).content.decode()
    assert "Ben (step 1 of Payments) has no contact method." in page
    assert "Add one and confirm it by its code." in page
    assert 'href="/settings/contact/"' in page


def test_findings_are_narrowed_by_severity_and_taken_as_csv(ben: Client) -> None:
    page = ben.get(URL, {"severity": "low"}).content.decode()
    assert "has no contact method" not in page
    csv = ben.get(URL, {"format": "csv"}).content.decode()
    assert "critical,Person without a contact method,Ben (step 1 of Payments) has no contact method." in csv


def test_an_administrator_looks_again_after_the_mend(world: World, ben: Client) -> None:
    assert ben.post(f"{URL}look/").status_code == 403
    delivery.add_destination(SYSTEM, kind="test-phone", address="b", person_id=world.people["Ben"], vouched=True)
    page = signed_in(world, "Ada").post(f"{URL}look/", follow=True).content.decode()
    assert "Ben (step 1 of Payments) can be reached by Test alone." in page
    assert "Mended lately" in page


def test_home_and_the_internal_page_carry_the_mark(ben: Client) -> None:
    assert "findings</a>" in ben.get("/?full=1", follow=True).content.decode()
    assert "has no contact method" in ben.get("/communications/internal-status/", follow=True).content.decode()
