"""People, roles, teams: who may change whom, and what the log says about it."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.log import read_stream
from tocsin.core.search.find import search
from tocsin.core.secrets.sealing import forget
from tocsin.core.visibility import visible
from tocsin.domain.accounts import commands, queries, rules
from tocsin.domain.accounts.models import User
from tocsin.kernel.actor import ANONYMOUS, Actor, Role, system
from tocsin.kernel.errors import Conflict, Denied, Invalid, NotFound

HOUSE = system("test")


def sentences(stream: str) -> list[str]:
    return [entry.event.sentence() for entry in read_stream(stream)]


def test_an_added_person_is_found_and_stands_in_the_log(ana: Actor) -> None:
    made = commands.add_person(
        ana, email=" Mia@Example.org ", name="Mia  Chen", time_zone="Asia/Taipei", phone="+49 30 123456"
    )
    view = queries.person(ana, made)
    assert (view.email, view.name, view.initials, view.phone) == ("mia@example.org", "Mia Chen", "MC", "+4930123456")
    assert view.roles == ("responder",)
    assert sentences(f"person:{made}") == ["added Mia Chen (mia@example.org) as responder"]
    assert [hit.title for hit in search(ana, "mia")] == ["Mia Chen"]


def test_a_forgotten_person_leaves_no_name_in_the_log(ana: Actor) -> None:
    made = commands.add_person(ana, email="mia@example.org", name="Mia Chen")
    forget(f"person:{made}")
    assert sentences(f"person:{made}") == ["added (erased) ((erased)) as responder"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"email": "nonsense"}, "email"),
        ({"email": "ANA@example.org"}, "email"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"roles": ["boss"]}, "roles"),
        ({"roles": []}, "roles"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"phone": "call me"}, "phone"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_field_and_nothing_is_kept(
    ana: Actor, given: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        commands.add_person(ana, **{"email": "new@example.org", "name": "New", **given})  # type: ignore[arg-type]
    assert refused.value.field == field
    assert User.objects.count() == 1


def test_two_people_never_share_an_address_in_any_case_of_letters(ana: Actor) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="ANA@EXAMPLE.ORG", name="Other")


WRITES: list[Callable[[Actor, str], object]] = [
    lambda actor, person: commands.add_person(actor, email="x@example.org", name="X"),
    lambda actor, person: commands.set_roles(actor, person_id=person, roles=["administrator"]),
    lambda actor, person: commands.deactivate_person(actor, person_id=person),
    lambda actor, person: commands.reactivate_person(actor, person_id=person),
    lambda actor, person: commands.ensure_administrator(actor, "x@example.org"),
    lambda actor, person: commands.sign_in_link(actor, "ana@example.org"),
    lambda actor, person: commands.remove_second_factors(actor, person_id=person),
    lambda actor, person: commands.add_team(actor, name="Ops"),
    lambda actor, person: commands.rename_team(actor, team_id=person, name="Ops"),
    lambda actor, person: commands.set_members(actor, team_id=person, members=[]),
    lambda actor, person: commands.remove_team(actor, team_id=person),
    lambda actor, person: commands.add_token(actor, name="x", scopes=["*"]),
    lambda actor, person: commands.revoke_token(actor, token_id=person),
    lambda actor, person: commands.change_organisation(actor, name="Mine"),
    lambda actor, person: queries.tokens(actor),
]


@pytest.mark.parametrize("number", range(len(WRITES)))
def test_only_administrators_change_people_teams_tokens_and_the_organisation(
    ana: Actor, ben: Actor, number: int
) -> None:
    everyone_else = [
        ANONYMOUS,
        *(Actor("person:x", "X", frozenset({r}), person="x") for r in Role if r != "administrator"),
    ]
    for actor in [ben, *everyone_else]:
        with pytest.raises(Denied):
            WRITES[number](actor, ana.person)


def test_a_token_limited_to_something_else_adds_nobody(ana: Actor) -> None:
    narrow = Actor(ana.id, ana.name, ana.roles, person=ana.person, scopes=frozenset({"incidents.declare"}))
    with pytest.raises(Denied):
        commands.add_person(narrow, email="x@example.org", name="X")


def test_strangers_see_nobody(ana: Actor) -> None:
    for query in (queries.people, queries.teams):
        with pytest.raises(Denied):
            query(ANONYMOUS)
    assert visible(ANONYMOUS, [f"person:{ana.person}", "organisation:1"]) == set()


def test_people_change_their_own_profile_but_neither_their_address_nor_anyone_elses(ana: Actor, ben: Actor) -> None:
    commands.change_person(ben, person_id=ben.person, name="Benjamin Okafor", time_zone="Africa/Lagos")
    assert queries.person(ben, ben.person).time_zone == "Africa/Lagos"
    with pytest.raises(Denied):
        commands.change_person(ben, person_id=ben.person, email="chief@example.org")
    with pytest.raises(Denied):
        commands.change_person(ben, person_id=ana.person, name="Nobody")
    commands.change_person(ana, person_id=ben.person, email="okafor@example.org")
    assert queries.person_by_email("OKAFOR@example.org") is not None
    assert sentences(f"person:{ben.person}")[1:] == [
        "changed the profile of Benjamin Okafor: name, time zone",
        "changed the profile of Benjamin Okafor: email",
    ]


def test_a_change_made_on_an_old_page_is_refused(ana: Actor, ben: Actor) -> None:
    seen = queries.person(ana, ben.person).version
    commands.change_person(ana, person_id=ben.person, name="Ben O.", version=seen)
    with pytest.raises(Conflict):
        commands.change_person(ana, person_id=ben.person, name="Benny", version=seen)


def test_the_last_administrator_stays_one(ana: Actor, ben: Actor) -> None:
    with pytest.raises(Conflict):
        commands.set_roles(ana, person_id=ana.person, roles=["viewer"])
    with pytest.raises(Conflict):
        commands.deactivate_person(ana, person_id=ana.person)
    commands.set_roles(ana, person_id=ben.person, roles=["administrator", "responder"])
    commands.deactivate_person(ana, person_id=ana.person)
    assert queries.administrator_ids() == [ben.person]
    with pytest.raises(NotFound):
        queries.actor_of(ana.person)


def test_an_administrator_is_made_once_and_only_when_there_is_none(db: None) -> None:
    first, made = commands.ensure_administrator(HOUSE)
    assert made
    assert commands.ensure_administrator(HOUSE) == (first, False)
    ben = commands.add_person(HOUSE, email="ben@example.org", name="Ben")
    assert commands.ensure_administrator(HOUSE, "ben@example.org") == (ben, True)
    assert "administrator" in queries.actor_of(ben).roles


def test_teams_hold_active_people_and_reach_the_actor(ana: Actor, ben: Actor) -> None:
    team = commands.add_team(ana, name="Card Payments", members=[ben.person])
    assert queries.team(ana, "card-payments").member_ids == (ben.person,)
    assert queries.actor_of(ben.person).teams == {team}
    commands.deactivate_person(ana, person_id=ben.person)
    assert queries.team_member_ids(team) == []
    with pytest.raises(Invalid):
        commands.set_members(ana, team_id=team, members=[ben.person])
    with pytest.raises(Invalid):
        commands.add_team(ana, name="card payments")


def test_when_nobody_else_is_named_administrators_are_the_catch_all(ana: Actor, ben: Actor) -> None:
    assert queries.catch_all_ids() == [ana.person]
    commands.change_organisation(ana, catch_all=[ben.person])
    assert queries.catch_all_ids() == [ben.person]
    commands.deactivate_person(ana, person_id=ben.person)
    assert queries.catch_all_ids() == [ana.person]


def test_the_organisation_counts_in_its_own_hours_and_holidays(ana: Actor) -> None:
    commands.change_organisation(
        ana,
        name="Fjord Bank",
        time_zone="Europe/Berlin",
        hours={"monday": [["08:00", "12:00"], ["13:00", "17:00"]]},
        holiday_region="de-be",
        closed_dates=["2026-11-30"],
    )
    view = queries.organisation()
    assert (view.name, view.calendar.zone, len(view.calendar.weekly[0])) == ("Fjord Bank", "Europe/Berlin", 2)
    for wrong, field in [
        ({"holiday_region": "XX"}, "holiday_region"),
        ({"hours": {"moonday": []}}, "hours"),
        ({"closed_dates": ["soon"]}, "closed_dates"),
    ]:
        with pytest.raises(Invalid) as refused:
            commands.change_organisation(ana, **wrong)  # type: ignore[arg-type]
        assert refused.value.field == field
    assert queries.organisation().holiday_region == "DE-BE"


@given(st.text())
def test_any_name_gives_a_usable_slug_or_a_refusal(text: str) -> None:
    try:
        slug = rules.slug_of(text)
    except Invalid:
        return
    assert slug == rules.slug_of(slug)
    assert 0 < len(slug) <= 60


def test_skills_and_site_are_kept_in_one_spelling_and_found_by_search(ana: Actor) -> None:
    made = commands.add_person(ana, email="mia@example.org", name="Mia Chen", skills=["Networking"], site=" Plant  2 ")
    commands.change_person(ana, person_id=made, skills=["Postgre SQL", "networking", "networking", " "])
    view = queries.person(ana, made)
    assert (view.skills, view.site) == (("networking", "postgre-sql"), "Plant 2")
    assert [hit.title for hit in search(ana, "networking")] == ["Mia Chen"]


@pytest.mark.parametrize(
    ("field", "value"), [("skills", ["!!"]), ("skills", [f"skill {n}" for n in range(31)]), ("site", "x" * 61)]
)
def test_a_skill_or_site_that_cannot_be_kept_is_refused_by_name(ana: Actor, field: str, value: object) -> None:
    with pytest.raises(Invalid, match=f"^{field}: "):
        commands.change_person(ana, person_id=ana.person, **{field: value})  # type: ignore[arg-type]
