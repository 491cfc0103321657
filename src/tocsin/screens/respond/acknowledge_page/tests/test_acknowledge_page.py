"""From the link in a message to an answer, without signing in."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from tocsin.core.engine.testing import run_engine
from tocsin.core.log import read_stream
from tocsin.core.visibility import register_gate
from tocsin.domain.oncall import commands, queries
from tocsin.domain.oncall.tests.conftest import INCIDENT, SYSTEM, World, world
from tocsin.kernel.subject import Subject

pytestmark = pytest.mark.django_db
__all__ = ["world"]
UNRELATED = "zzzzzzzzzzzzzzzzzzzzzzzzzzz"


@pytest.fixture
def paged(world: World) -> World:
    """Mateo was just paged; Linh is next."""
    world.add("Mateo")
    world.add("Linh")
    world.page(policy_id=world.policy(("Mateo",), ("Linh",)), facts={"Region": "eu-west"})
    return world


@pytest.fixture
def phone() -> Client:
    """A browser without cookies that checks cross-site tokens as the real server does."""
    return Client(enforce_csrf_checks=True)


def path(world: World, name: str = "Mateo") -> str:
    return f"/p/{world.token(name)}"


def press(phone: Client, address: str, do: str) -> str:
    response = phone.post(address, {"do": do}, follow=True)
    return response.content.decode()


def stored(token: str) -> list[str]:
    """Tables of paging and of the log in which the token stands as it is."""
    names = [n for n in connection.introspection.table_names() if n.startswith(("oncall_", "events_", "engine_"))]
    with connection.cursor() as cursor:
        found = []
        for name in names:
            cursor.execute(f"SELECT * FROM {name}")
            found += [name for row in cursor.fetchall() if token in repr(row)]
        return found


def types() -> list[str]:
    return [r.type for r in read_stream(INCIDENT.stream)]


def test_the_link_shows_everything_needed_to_decide(paged: World, phone: Client) -> None:
    paged.clock.shift(timedelta(seconds=8))
    shown = phone.get(path(paged)).content.decode()
    for words in (
        "Critical",
        "DRILL-42",
        "Checkout failing",
        "38 % of requests fail",
        "eu-west",
        "Started 8\u00a0s ago",
    ):
        assert words in shown
    assert "Goes on to Linh in" in shown
    assert "3:52" in shown
    assert "I cannot take it: page Linh now" in shown
    assert "you, by test-phone" in shown


def test_where_hundreds_were_paged_the_link_names_a_few(world: World, phone: Client) -> None:
    names = [f"P{number}" for number in range(9)]
    for name in names:
        world.add(name)
    world.page(policy_id=world.policy(tuple(names), name="Everybody"))
    shown = phone.get(path(world, "P8")).content.decode()
    assert "you, by test-phone; P0, by test-phone" in shown
    assert "; 4 more" in shown
    assert "Goes on to P0, P1, P2, P3, P4 and 4 more in" in shown


def test_opening_the_link_changes_nothing(paged: World, phone: Client) -> None:
    before = types()
    for _ in range(3):
        assert phone.get(path(paged)).status_code == 200
    phone.head(path(paged))
    assert types() == before


def test_one_press_acknowledges_and_says_what_comes_next(paged: World, phone: Client) -> None:
    paged.clock.shift(timedelta(seconds=113))
    shown = press(phone, path(paged), "acknowledge")
    assert "It is yours, Mateo" in shown
    assert "1\u00a0min 53\u00a0s after the page" in shown
    assert "If nothing happens here for 30 min, you are asked again." in shown
    assert "Undo" in shown
    address = path(paged)
    paged.paged()
    paged.after(minutes=20)
    assert paged.paged() == []
    assert "Undo" not in phone.get(address).content.decode()


def test_who_is_paged_anew_reads_how_long_this_page_waited(paged: World, phone: Client) -> None:
    press(phone, path(paged), "acknowledge")
    paged.after(minutes=20)
    policy = queries.policies(SYSTEM)[0].id
    paged.page(policy_id=policy, service_id=paged.service("Search", policy))
    run_engine()
    paged.clock.shift(timedelta(seconds=45))
    assert ", 45\u00a0s after the page" in press(phone, path(paged), "acknowledge")


def test_pressing_twice_is_harmless(paged: World, phone: Client) -> None:
    press(phone, path(paged), "acknowledge")
    assert "It is yours, Mateo" in press(phone, path(paged), "acknowledge")
    assert types().count("oncall.acknowledged") == 1


def test_the_second_to_answer_learns_who_was_first(paged: World, phone: Client) -> None:
    paged.after(minutes=4)
    press(phone, path(paged, "Linh"), "acknowledge")
    shown = press(phone, path(paged), "acknowledge")
    assert "Linh has it" in shown
    assert types().count("oncall.acknowledged") == 1


def test_i_cannot_take_it_pages_the_next_at_once(paged: World, phone: Client) -> None:
    address = path(paged)
    assert "Passed on" in press(phone, address, "pass_on")
    paged.paged()
    run_engine()
    assert paged.paged() == ["Linh"]
    press(phone, address, "pass_on")
    run_engine()
    assert paged.paged() == []
    assert types().count("oncall.passed_on") == 1


def test_with_nobody_else_the_page_is_not_passed_on(world: World, phone: Client) -> None:
    world.page()
    address = path(world, "Ada")
    assert "There is nobody else to page." in phone.get(address).content.decode()
    response = phone.post(address, {"do": "pass_on"})
    assert response.status_code == 409
    assert "it stays with you" in response.content.decode()


def test_an_acknowledgement_can_be_undone_for_ten_seconds_and_the_clock_goes_on(paged: World, phone: Client) -> None:
    address = path(paged)
    paged.after(minutes=1)
    press(phone, address, "acknowledge")
    paged.clock.shift(timedelta(seconds=9))
    assert "Goes on to Linh in" in press(phone, address, "undo")
    paged.paged()
    paged.after(minutes=2, seconds=51)
    assert paged.paged() == ["Linh"]
    press(phone, address, "acknowledge")
    paged.clock.shift(timedelta(seconds=11))
    response = phone.post(address, {"do": "undo"})
    assert response.status_code == 409
    assert "within 10 s only" in response.content.decode()


def test_after_the_end_the_link_says_that_it_is_over(paged: World, phone: Client) -> None:
    address = path(paged)
    commands.stop_paging(SYSTEM, subject=INCIDENT, reason="resolved by Ada")
    for shown in (phone.get(address).content.decode(), press(phone, address, "acknowledge")):
        assert "It is over" in shown
        assert "resolved by Ada" in shown


def test_an_old_link_no_longer_acts(paged: World, phone: Client) -> None:
    address = path(paged)
    paged.clock.shift(timedelta(hours=24, seconds=1))
    assert "This link is too old" in phone.get(address).content.decode()
    assert phone.post(address, {"do": "acknowledge"}).status_code == 409
    assert "oncall.acknowledged" not in types()


def test_an_unknown_link_gets_a_clear_page(paged: World, phone: Client) -> None:
    for response in (phone.get(f"/p/{UNRELATED}"), phone.post(f"/p/{UNRELATED}", {"do": "acknowledge"})):
        assert response.status_code == 404
        assert "This link opens nothing" in response.content.decode()


def test_a_restricted_subject_shows_reference_and_severity_only(paged: World, phone: Client) -> None:
    secret = Subject("drill", "42", "DRILL-42", "Breach by Mallory", "/drills/42/", restricted=True)
    commands.refresh_subject(SYSTEM, subject=secret)
    for shown in (phone.get(path(paged)).content.decode(), press(phone, path(paged), "acknowledge")):
        assert "DRILL-42" in shown
        assert "Critical" in shown
        for hidden in ("Mallory", "38 %", "eu-west", "Checkout"):
            assert hidden not in shown


def test_what_the_paged_person_may_no_longer_see_is_not_shown(world: World, phone: Client) -> None:
    register_gate("vault", lambda actor, ids: set())
    subject = Subject("vault", "7", "VAULT-7", "Keys copied", "/vault/7/")
    world.add("Mateo")
    world.page(policy_id=world.policy(("Mateo",)), subject=subject)
    shown = phone.get(path(world)).content.decode()
    assert "VAULT-7" in shown
    assert "Keys copied" not in shown
    assert "38 %" not in shown


def test_the_token_itself_is_stored_nowhere_and_sent_to_nobody_else(paged: World, phone: Client) -> None:
    token = paged.token("Mateo")
    assert len(token) >= 27
    assert not stored(token)
    response = phone.get(f"/p/{token}")
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
