"""Who stands behind a session, for one and for many."""

from datetime import timedelta
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, get_user
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.test import Client

from tocsin.domain.accounts import commands
from tocsin.domain.accounts.directory import actor_of_user
from tocsin.domain.accounts.models import User
from tocsin.domain.accounts.sessions import actors_of_sessions
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now

PASSWORD = "a-long-and-unusual-sentence"


def test_the_live_stream_knows_a_session_exactly_as_long_as_a_page_does(ana: Actor, ben: Actor, settings: Any) -> None:
    """`actors_of_sessions` decides for many what Django's `get_user` decides for one."""

    def begin(person: str) -> str:
        browser = Client()
        browser.force_login(User.objects.get(id=person), settings.AUTHENTICATION_BACKENDS[0])
        return str(browser.session.session_key)

    def page(key: str) -> Actor | None:
        request = HttpRequest()
        request.session = SessionStore(key)
        user = get_user(request)
        return actor_of_user(user) if isinstance(user, User) and user.is_active else None

    stands, signed_out, expired, of_ben, by_a_way_that_is_gone = (begin(p) for p in [ana.person] * 3 + [ben.person] * 2)
    keys = [stands, signed_out, expired, of_ben, by_a_way_that_is_gone, "unknown", ""]
    assert actors_of_sessions(keys[:4]) == {stands: ana, signed_out: ana, expired: ana, of_ben: ben}
    Session.objects.filter(session_key=signed_out).delete()
    Session.objects.filter(session_key=expired).update(expire_date=now() - timedelta(seconds=1))
    odd = SessionStore(by_a_way_that_is_gone)
    odd[BACKEND_SESSION_KEY] = "some.other.Backend"
    odd.save()
    assert actors_of_sessions(keys) == {key: who for key in keys if (who := page(key))} == {stands: ana, of_ben: ben}
    commands.set_password(ben, person_id=str(ben.person), password=PASSWORD)
    assert set(actors_of_sessions(keys)) == {stands}
    again = begin(ben.person)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another-key-of-the-installation"
    assert set(actors_of_sessions([stands, again])) == {stands, again}
    settings.SECRET_KEY_FALLBACKS = []
    assert actors_of_sessions([stands, again]) == {}


def test_sessions_of_deactivated_people_open_nothing_and_many_cost_no_more_queries_than_one(
    ana: Actor, ben: Actor, django_assert_num_queries: Any, settings: Any
) -> None:
    browsers = [Client() for _ in range(4)]
    for browser, person in zip(browsers, [ana.person, ben.person] * 2, strict=True):
        browser.force_login(User.objects.get(id=person), settings.AUTHENTICATION_BACKENDS[0])
    keys = [str(browser.session.session_key) for browser in browsers]
    for some in (keys[:1], keys):
        with django_assert_num_queries(3):
            assert len(actors_of_sessions(some)) == len(some)
    commands.deactivate_person(ana, person_id=ben.person)
    assert set(actors_of_sessions(keys).values()) == {ana}
