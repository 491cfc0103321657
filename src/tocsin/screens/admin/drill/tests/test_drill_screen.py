"""The page of the drill as browsers meet it: before, during and after; who may steer; what it asks the database."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tocsin.domain.accounts import commands as accounts
from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.drill import commands, queries
from tocsin.domain.drill.commands import DRILL
from tocsin.domain.drill.rules import OUTAGE
from tocsin.kernel.actor import Role, system

pytestmark = pytest.mark.django_db
HOUSE = system("test")


def signed_in(name: str, *roles: Role) -> Client:
    actor = actor_of(accounts.add_person(HOUSE, email=f"{name}@example.org", name=name, roles=roles))
    client = Client()
    client.force_login(get_user_model().objects.get(id=actor.person), "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def ana() -> Client:
    return signed_in("Ana", Role.ADMINISTRATOR)


def text(client: Client, path: str = "/drill/") -> str:
    return client.get(path).content.decode()


def steps_with_facts(facts: int) -> list[dict[str, object]]:
    fact = {"text": "<script>alert(1)</script>", "url": "screen:team_coordination_hub/INC-1"}
    told = [{"key": step.key, "state": "done", "seconds": 1.5, "facts": [fact] * facts} for step in OUTAGE]
    return [*told[:3], {"key": OUTAGE[3].key, "state": "now"}, *({"key": step.key} for step in OUTAGE[4:])]


def test_before_the_first_drill_the_page_says_what_will_happen_and_changes_nothing(ana: Client) -> None:
    shown = text(ana)
    assert all(step.title in shown for step in OUTAGE if "'" not in step.title)
    assert "Start the drill" in shown
    assert queries.latest(HOUSE) is None


def test_an_administrator_starts_it_and_steers_it(ana: Client) -> None:
    ana.post("/drill/start/", {"how": "by-hand"})
    found = queries.under_way(HOUSE)
    assert found is not None
    assert not found.by_itself
    commands.note_made(DRILL, drill_id=found.id, player=True)
    shown = text(ana)
    assert OUTAGE[0].button in shown
    assert "Cancel and remove everything" in shown
    ana.post("/drill/steer/", {"drill": found.id, "order": "go"})
    assert commands.beat(DRILL, drill_id=found.id) == "go"
    ana.post("/drill/steer/", {"drill": found.id, "order": "stop"})
    assert commands.beat(DRILL, drill_id=found.id) == "stop"


def test_home_starts_it_and_a_second_start_leads_to_the_one_under_way(ana: Client) -> None:
    assert "/drill/start/" in text(ana, "/")
    assert "/drill/start/" not in text(signed_in("Rui", Role.RESPONDER), "/")
    for _ in range(2):
        assert ana.post("/drill/start/", {"how": "by-hand"}).headers["Location"] == "/drill/"
    assert "A drill is under way already" in text(ana)


def test_others_watch_but_do_not_steer() -> None:
    drill = commands.begin(HOUSE, player=False)
    rui = signed_in("Rui", Role.RESPONDER)
    assert "Do the rest" not in text(rui)
    assert rui.post("/drill/start/").status_code == 403
    assert rui.post("/drill/steer/", {"drill": drill, "order": "stop"}).status_code == 403
    assert Client().get("/drill/").status_code == 302


def test_steering_a_drill_that_is_over_says_so(ana: Client) -> None:
    drill = commands.begin(HOUSE, player=False)
    commands.end(DRILL, drill_id=drill, outcome="cancelled")
    answer = ana.post("/drill/steer/", {"drill": drill, "order": "go"})
    assert answer.status_code == 409
    assert "This drill is over." in answer.content.decode()
    assert "Cancelled" in text(ana)


def test_the_page_is_left_in_peace_while_nothing_has_changed(ana: Client) -> None:
    drill = commands.begin(HOUSE, player=False)
    seen = text(ana).partition("?seen=")[2].partition('"')[0]
    assert ana.get(f"/drill/?seen={seen}", headers={"HX-Request": "true"}).status_code == 204
    commands.report(DRILL, drill_id=drill, steps=steps_with_facts(1))
    assert ana.get(f"/drill/?seen={seen}", headers={"HX-Request": "true"}).status_code == 200


def test_facts_are_shown_as_text_and_cost_no_query_each(ana: Client) -> None:
    drill = commands.begin(HOUSE, player=False)
    costs = []
    for facts in (3, 30):
        commands.report(DRILL, drill_id=drill, steps=steps_with_facts(facts))
        with CaptureQueriesContext(connection) as asked:
            shown = text(ana)
        costs.append(len(asked))
    assert costs[0] == costs[1]
    assert "<script>alert" not in shown
    assert 'href="/incidents/INC-1/"' in shown


def test_links_to_what_is_gone_are_gone_when_it_is_over(ana: Client) -> None:
    drill = commands.begin(HOUSE, player=False)
    steps = [{"key": "open", "state": "done", "facts": [{"text": "The shop", "url": "http://127.0.0.1:9/"}]}]
    commands.note_made(DRILL, drill_id=drill, mails=[{"to": "m", "subject": "s", "text": "t", "link": "http://x/p/1"}])
    commands.report(DRILL, drill_id=drill, steps=steps)
    assert "http://127.0.0.1:9/" in text(ana)
    assert "http://x/p/1" in text(ana)
    commands.end(DRILL, drill_id=drill, outcome="done")
    assert "http://127.0.0.1:9/" not in text(ana)
    assert "http://x/p/1" not in text(ana)
