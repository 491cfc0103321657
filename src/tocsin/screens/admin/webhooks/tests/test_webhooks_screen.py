"""Outgoing webhooks as people arrange them on the screen."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from tocsin.core.engine.testing import run_engine
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.delivery import commands
from tocsin.domain.delivery import webhook_queries as queries
from tocsin.kernel.actor import Actor, Role, system

SYSTEM = system("test")


@pytest.fixture
def ada(db: None) -> Actor:
    return actor_of(accounts.add_person(SYSTEM, email="ada@example.org", name="Ada", roles=[Role.ADMINISTRATOR]))


@pytest.fixture
def browser(ada: Actor) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(id=ada.person), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_webhook_is_added_and_its_secret_shown(browser: Client, ada: Actor) -> None:
    assert "No webhook yet" in browser.get(reverse("webhooks")).content.decode()
    given = {"name": "Data lake", "url": "https://example.org/hook", "rooms": ["incidents"], "others": "catalog.*"}
    answer = browser.post(reverse("webhooks"), given, follow=True)
    made = queries.webhooks(ada)[0]
    assert made.types == ("catalog.*", "incidents.*")
    assert queries.webhook_secret(ada, made.id) in answer.content.decode()


def test_a_bad_address_is_refused_beside_its_field_and_the_rest_is_kept(browser: Client) -> None:
    answer = browser.post(reverse("webhooks"), {"name": "Data lake", "url": "ftp://x", "rooms": ["incidents"]})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "web address" in page
    assert "Data lake" in page


def test_what_was_refused_is_told_and_can_be_sent_again(browser: Client, ada: Actor) -> None:
    hook = commands.add_webhook(ada, name="Inside", url="http://127.0.0.1:9/", types=["catalog.*"])
    browser.post(reverse("webhook_act", args=[hook, "test"]))
    run_engine()
    page = browser.get(reverse("webhook", args=[hook])).content.decode()
    assert "Given up" in page
    assert "Failing" in page
    notice = queries.notices(ada, hook)[0]
    browser.post(reverse("webhook_again", args=[hook, notice.id]))
    assert queries.notices(ada, hook)[0].state == "waiting"


def test_the_page_costs_the_same_with_3_and_30_notices(
    browser: Client, ada: Actor, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    hook = commands.add_webhook(ada, name="Inside", url="http://127.0.0.1:9/", types=["catalog.*"])
    counts = []
    for more in (3, 27):
        for _ in range(more):
            commands.test_webhook(ada, webhook_id=hook)
        with django_assert_max_num_queries(60) as seen:  # type: ignore[operator]
            browser.get(reverse("webhook", args=[hook]))
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_removing_asks_for_the_name(browser: Client, ada: Actor) -> None:
    hook = commands.add_webhook(ada, name="Data lake", url="https://example.org/", types=["*"])
    browser.post(reverse("webhook_remove", args=[hook]), {"confirm": "data"})
    assert queries.webhooks(ada)
    browser.post(reverse("webhook_remove", args=[hook]), {"confirm": "Data lake"})
    assert not queries.webhooks(ada)
