"""The incident's home as people on a bad night use it: who may, what happens, what stays after an error."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tocsin.core.engine.testing import run_engine
from tocsin.domain.incidents import commands, queries
from tocsin.domain.oncall import queries as oncall
from tocsin.kernel.actor import Actor, Role
from tocsin.screens.respond.team_coordination_hub.tests.conftest import person

pytestmark = pytest.mark.django_db


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(id=actor.person), "django.contrib.auth.backends.ModelBackend")
    return client


def see(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, response.content.decode()[:2000]
    return response.content.decode()


def post(client: Client, path: str, status: int = 302, **given: str) -> str:
    response = client.post(path, given)
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


def test_the_hub_shows_what_is_known_and_offers_the_next_action(amina: Actor, ref: str) -> None:
    page = see(signed_in(amina), f"/incidents/{ref}/")
    assert "Checkout failing" in page
    assert f'action="/incidents/{ref}/acknowledge/"' in page
    assert "Who was paged" in page


def test_acknowledging_makes_one_commander_and_the_update_the_next_action(amina: Actor, mateo: Actor, ref: str) -> None:
    client = signed_in(mateo)
    post(client, f"/incidents/{ref}/acknowledge/")
    seen = queries.incident(mateo, ref)
    assert seen.commander is not None
    assert seen.commander.id == mateo.person
    page = see(client, f"/incidents/{ref}/")
    assert f'action="/incidents/{ref}/acknowledge/"' not in page
    assert "Mateo Fuentes has it" in page
    post(signed_in(amina), f"/incidents/{ref}/acknowledge/")
    assert "Mateo Fuentes" in see(signed_in(amina), f"/incidents/{ref}/")


def test_an_acknowledgement_by_mistake_is_taken_back_and_the_calls_go_on(amina: Actor, mateo: Actor) -> None:
    made = commands.declare(amina, title="Tills stand still", kind="disruption", severity="critical")
    ref = queries.row(amina, made).reference
    run_engine()
    client = signed_in(mateo)
    post(client, f"/incidents/{ref}/acknowledge/")
    assert f"/incidents/{ref}/unacknowledge/" in see(client, f"/incidents/{ref}/")
    post(client, f"/incidents/{ref}/unacknowledge/")
    run_engine()
    assert queries.row(mateo, ref).state == "triaged"
    assert oncall.paging(mateo, f"incident:{made}").acknowledged_at is None


def test_notes_and_decisions_stand_in_the_timeline_newest_first(mateo: Actor, ref: str) -> None:
    client = signed_in(mateo)
    post(client, f"/incidents/{ref}/write/", text="Old primary is fenced", **{"as": "note"})
    post(client, f"/incidents/{ref}/write/", text="Fail over now", **{"as": "decision"})
    page = see(client, f"/incidents/{ref}/timeline/")
    assert page.index("Fail over now") < page.index("Old primary is fenced")
    assert "<b>Decision</b>" in page
    assert "<html" not in page


def test_what_people_write_cannot_become_markup(mateo: Actor, ref: str) -> None:
    client = signed_in(mateo)
    post(client, f"/incidents/{ref}/write/", text="<script>alert(1)</script>", **{"as": "note"})
    assert "<script>alert" not in see(client, f"/incidents/{ref}/")


def test_an_empty_note_is_refused_beside_the_field(mateo: Actor, ref: str) -> None:
    page = post(signed_in(mateo), f"/incidents/{ref}/write/", 422, text=" ", **{"as": "note"})
    assert "Write something first." in page


def test_long_timelines_go_on_where_the_last_page_ended(mateo: Actor, ref: str) -> None:
    for number in range(60):
        commands.write(mateo, incident=ref, text=f"Note number {number}.")
    client = signed_in(mateo)
    first = see(client, f"/incidents/{ref}/timeline/")
    older = re.search(r'hx-get="([^"]+before=[^"]+)"', first)
    assert older is not None
    second = see(client, older[1].replace("&amp;", "&"))
    assert "Note number 59." in first
    assert "Note number 9." not in first
    assert "Note number 9." in second
    assert "Note number 9." in see(client, older[1].replace("&amp;", "&").replace("timeline/", ""))


def test_tasks_are_added_done_and_taken_back(mateo: Actor, ref: str) -> None:
    client = signed_in(mateo)
    post(client, f"/incidents/{ref}/tasks/", title="Verify writes", owner=mateo.person)
    task = queries.hub(mateo, ref).tasks[0]
    assert task.owner is not None
    post(client, f"/incidents/{ref}/tasks/{task.id}/state/", state="done")
    assert queries.hub(mateo, ref).tasks[0].state == "done"
    assert f"/incidents/{ref}/tasks/{task.id}/state/?state=open" in see(client, f"/incidents/{ref}/")
    post(client, f"/incidents/{ref}/tasks/{task.id}/state/?state=open")
    assert queries.hub(mateo, ref).tasks[0].state == "open"


def test_a_task_that_someone_else_changed_meanwhile_is_not_overwritten(amina: Actor, mateo: Actor, ref: str) -> None:
    made = commands.add_task(mateo, incident=ref, title="Verify writes")
    commands.change_task(amina, task=made, title="Verify writes and reads")
    page = post(signed_in(mateo), f"/incidents/{ref}/tasks/{made}/", 422, title="Mine", version="1", owner="")
    assert "Someone else changed this task" in page
    assert 'value="Mine"' in page


def test_a_role_is_offered_accepted_and_handed_over(amina: Actor, mateo: Actor, ref: str) -> None:
    post(signed_in(amina), f"/incidents/{ref}/roles/", role="scribe", person=mateo.person, note="")
    client = signed_in(mateo)
    assert "You are asked to take Scribe." in see(client, f"/incidents/{ref}/")
    post(client, f"/incidents/{ref}/roles/answer/", role="scribe", do="accept")
    assert [role.person.id for role in queries.hub(mateo, ref).roles] == [mateo.person]
    post(client, f"/incidents/{ref}/roles/", role="scribe", person=amina.person, note="All notes are in")
    assert queries.hub(mateo, ref).roles[0].person.id == mateo.person
    post(signed_in(amina), f"/incidents/{ref}/roles/answer/", role="scribe", do="accept")
    assert queries.hub(mateo, ref).roles[0].person.id == amina.person


def test_an_empty_update_is_refused_and_keeps_its_page(mateo: Actor, ref: str) -> None:
    page = post(signed_in(mateo), f"/incidents/{ref}/update/", 422, internal="", public="")
    assert "Write what to tell inside, outside, or both." in page


def test_resolving_offers_the_way_back_for_ten_seconds(mateo: Actor, ref: str) -> None:
    client = signed_in(mateo)
    post(client, f"/incidents/{ref}/do/resolve/", root_cause="Storage firmware", reason="Seen by hand")
    assert queries.row(mateo, ref).state == "resolved"
    assert f"/incidents/{ref}/take-back/" in see(client, f"/incidents/{ref}/")
    post(client, f"/incidents/{ref}/take-back/")
    assert queries.row(mateo, ref).state == "responding"


def test_a_resolved_incident_owes_its_review_until_it_was_held(mateo: Actor, ref: str) -> None:
    client = signed_in(mateo)
    commands.resolve(mateo, incident=ref, reason="Seen by hand")
    assert "The review is due" in see(client, f"/incidents/{ref}/")
    post(client, f"/incidents/{ref}/reviewed/")
    assert "The review is due" not in see(client, f"/incidents/{ref}/")


def test_dismissing_needs_a_reason_and_merging_an_incident_that_goes_on(mateo: Actor, amina: Actor, ref: str) -> None:
    client = signed_in(mateo)
    assert "It is needed: fill it in." in post(client, f"/incidents/{ref}/do/dismiss/", 422, reason="")
    other = commands.declare(amina, title="Tills stand still", kind="disruption", severity="high", page=False)
    given = {"into": other, "reason": "Same database"}
    post(client, f"/incidents/{ref}/do/merge/", **given)
    assert queries.row(mateo, ref).state == "merged"
    back, goes_on = f"/incidents/{ref}/unmerge/", queries.row(mateo, other).reference
    assert "Undo" in see(client, f"/incidents/{ref}/")
    for page in (see(client, f"/incidents/{ref}/"), see(client, f"/incidents/{goes_on}/")):
        assert f'action="{back}"' in page
        assert "Take the merge back" in page
    post(client, back)
    assert queries.row(mateo, ref).state != "merged"
    assert "Take the merge back" not in see(client, f"/incidents/{goes_on}/")
    assert client.get(f"/incidents/{ref}/do/nonsense/").status_code == 404


def test_a_stale_move_is_refused_and_keeps_what_was_typed(mateo: Actor, amina: Actor, ref: str) -> None:
    version = str(queries.row(mateo, ref).version)
    commands.change(amina, incident=ref, title="Checkout and baskets failing")
    page = post(signed_in(mateo), f"/incidents/{ref}/do/mitigate/", 422, note="Fenced it", version=version)
    assert "Fenced it" in page
    assert "Someone else changed" in page


def test_another_severity_needs_a_reason_and_moves_what_is_owed(mateo: Actor, ref: str) -> None:
    client = signed_in(mateo)
    post(client, f"/incidents/{ref}/severity/", 422, severity="medium", override_reason="")
    post(client, f"/incidents/{ref}/severity/", severity="medium", override_reason="Only the south")
    assert queries.row(mateo, ref).severity == "medium"


def test_a_restricted_incident_does_not_exist_for_others(amina: Actor, mateo: Actor) -> None:
    made = commands.declare(amina, title="Stolen keys", kind="security", severity="high", page=False)
    ref = queries.row(amina, made).reference
    outside = signed_in(mateo)
    for path in ("", "timeline/", "facts/", "head/", "update/", "roles/", "access/", "do/resolve/", "severity/"):
        assert outside.get(f"/incidents/{ref}/{path}").status_code == 404, path
    assert outside.post(f"/incidents/{ref}/write/", {"text": "hello"}).status_code == 404
    post(signed_in(amina), f"/incidents/{ref}/access/", do="add", person=mateo.person)
    assert "Stolen keys" in see(outside, f"/incidents/{ref}/")


def test_a_viewer_reads_and_is_offered_nothing_that_would_be_refused(ref: str) -> None:
    client = signed_in(person("Vera Viewer", Role.VIEWER))
    page = see(client, f"/incidents/{ref}/")
    for offer in ("/write/", "/acknowledge/", "/update/", "/tasks/", "act-menu"):
        assert f"{offer}" not in page.replace("/timeline/", ""), offer
    assert client.post(f"/incidents/{ref}/write/", {"text": "hello"}).status_code in (403, 422)
    assert client.post(f"/incidents/{ref}/acknowledge/").status_code == 403


def test_the_head_refreshes_without_the_bar_unless_it_changed(mateo: Actor, ref: str) -> None:
    client = signed_in(mateo)
    mark = re.search(r"bar=([\w.]+)", see(client, f"/incidents/{ref}/"))
    assert mark is not None
    assert 'id="incident-bar"' not in see(client, f"/incidents/{ref}/head/?bar={mark[1]}")
    commands.acknowledge(mateo, incident=ref)
    assert 'id="incident-bar"' in see(client, f"/incidents/{ref}/head/?bar={mark[1]}")


def test_the_hub_asks_the_same_number_of_questions_with_3_and_with_30_of_everything(mateo: Actor, ref: str) -> None:
    client = signed_in(mateo)
    counted = []
    for amount in (3, 27):
        for number in range(amount):
            commands.add_task(mateo, incident=ref, title=f"Task {number}")
        see(client, f"/incidents/{ref}/")
        with CaptureQueriesContext(connection) as asked:
            see(client, f"/incidents/{ref}/")
        counted.append(len(asked))
    assert counted[0] == counted[1] <= 60
