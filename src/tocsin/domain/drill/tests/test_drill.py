"""What a drill may do, what it must never do, and that whatever dies is tidied up."""

import tempfile
import threading
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import time_machine

from tocsin.core.engine.testing import run_engine
from tocsin.core.log import read_stream
from tocsin.core.outgoing import AddressRefused, request
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.accounts.queries import actor_of, people
from tocsin.domain.alerts.commands import add_integration
from tocsin.domain.alerts.queries import integrations
from tocsin.domain.catalog.commands import add_service
from tocsin.domain.catalog.queries import services
from tocsin.domain.delivery.commands.webhooks import add_webhook
from tocsin.domain.delivery.ports import DeliveryView
from tocsin.domain.delivery.webhook_queries import notices
from tocsin.domain.drill import commands, queries
from tocsin.domain.drill.commands import DRILL
from tocsin.domain.drill.guarding import REASON, may_reach, not_for_real_people
from tocsin.domain.drill.rules import LONGEST, LOST_AFTER, OUTAGE, PRACTICE_DOMAIN
from tocsin.domain.incidents import commands as incidents
from tocsin.domain.incidents.queries import IncidentFilters, incident
from tocsin.domain.incidents.queries import incidents as listed
from tocsin.domain.monitoring.commands import add_check
from tocsin.domain.monitoring.queries import checks
from tocsin.domain.oncall import commands as oncall
from tocsin.domain.oncall.queries import policies
from tocsin.domain.statuspage import commands as statuspage
from tocsin.domain.statuspage import queries as outside
from tocsin.kernel.actor import Actor, Role, system
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Denied, Invalid, NotFound

pytestmark = pytest.mark.django_db
HOUSE = system("test")


def person(name: str, *roles: Role) -> Actor:
    return actor_of(accounts.add_person(HOUSE, email=f"{name.lower()}@example.org", name=name, roles=roles))


@pytest.fixture
def drill() -> str:
    return commands.begin(HOUSE, player=False)


@pytest.fixture
def service(drill: str) -> str:
    made = add_service(DRILL, name="Drill: sample shop", slug="drill-shop")
    commands.note_made(DRILL, drill_id=drill, service=made, shop_port=4711)
    return made


def broken_shop(service: str) -> str:
    return incidents.declare(
        HOUSE, title="The shop is down", kind="disruption", severity="critical", services=[service], page=False
    )


def message(about: str, *, kind: str = "mail", to: str = "ana@example.org") -> DeliveryView:
    return DeliveryView(
        id="d",
        state="queued",
        purpose="page",
        key="k",
        destination_id="",
        person_id="",
        person="",
        kind=kind,
        address_hint=to,
        subject_kind="incident",
        subject_id=about,
        subject_reference="",
        subject_url="",
        urgent=True,
        answer="",
        created_at=now(),
        next_at=None,
        settled_at=None,
    )


def test_only_an_administrator_starts_a_drill_and_only_one_at_a_time() -> None:
    with pytest.raises(Denied):
        commands.begin(person("Rui", Role.COMMANDER))
    ana = person("Ana", Role.ADMINISTRATOR)
    drill = commands.begin(ana, player=False)
    with pytest.raises(Conflict, match="under way"):
        commands.begin(ana)
    assert [entry.type for entry in read_stream(f"practice:{drill}")] == ["drill.began"]
    with pytest.raises(Invalid, match="outage"):
        commands.begin(ana, scenario="flood")


def test_an_order_is_taken_once_and_doing_the_rest_stays() -> None:
    drill = commands.begin(HOUSE, player=False)
    commands.order(HOUSE, drill_id=drill, order="go")
    assert commands.beat(HOUSE, drill_id=drill) == "go"
    assert commands.beat(HOUSE, drill_id=drill) == ""
    commands.order(HOUSE, drill_id=drill, order="auto")
    assert [commands.beat(HOUSE, drill_id=drill) for _ in range(2)] == ["auto", "auto"]
    with pytest.raises(Invalid):
        commands.order(HOUSE, drill_id=drill, order="explode")
    commands.end(HOUSE, drill_id=drill, outcome="done")
    with pytest.raises(Conflict, match="over"):
        commands.order(HOUSE, drill_id=drill, order="go")
    with pytest.raises(NotFound):
        commands.beat(HOUSE, drill_id=drill)


def test_nobody_but_practice_people_is_ever_called_about_a_drill(drill: str, service: str) -> None:
    shop = broken_shop(service)
    assert not_for_real_people(message(shop)) == REASON, "also before the player has noticed the incident"
    assert not_for_real_people(message(shop, kind="drill", to=f"mara{PRACTICE_DOMAIN}")) is None
    assert not_for_real_people(message("x", to=f"mara{PRACTICE_DOMAIN}")) == REASON, "no real mail server sees it"
    commands.report(DRILL, drill_id=drill, steps=[], incident=shop)
    commands.end(DRILL, drill_id=drill, outcome="done")
    assert not_for_real_people(message(shop)) == REASON, "also when it is over: reminders come later"


def test_real_incidents_page_as_ever_while_a_drill_runs(service: str) -> None:
    real = broken_shop(add_service(HOUSE, name="Checkout", slug="checkout"))
    assert not_for_real_people(message(real)) is None
    both = incidents.declare(
        HOUSE,
        title="Drill and real",
        kind="disruption",
        services=[service, *(s.id for s in services(HOUSE) if s.slug == "checkout")],
        page=False,
    )
    assert not_for_real_people(message(both)) is None
    assert not_for_real_people(replace(message(real), subject_kind="destination")) is None


def test_outgoing_webhooks_hear_nothing_of_a_drill(drill: str, service: str) -> None:
    ana = person("Ana", Role.ADMINISTRATOR)
    hook = add_webhook(ana, name="Pager of ours", url="https://pager.example.org/x", types=["incidents.*"])
    broken_shop(service)
    run_engine()
    heard = notices(ana, hook)
    assert heard
    assert {(notice.state, notice.answer) for notice in heard} == {("suppressed", REASON)}


def test_the_check_reaches_the_shop_of_the_running_drill_and_nothing_else(drill: str, service: str) -> None:
    assert may_reach("127.0.0.1", 4711)
    assert not may_reach("127.0.0.1", 5432)
    assert not may_reach("169.254.169.254", 4711)
    commands.end(DRILL, drill_id=drill, outcome="done")
    assert not may_reach("127.0.0.1", 4711)


def test_a_status_page_in_use_never_shows_a_drill(drill: str, service: str) -> None:
    statuspage.add_component(HOUSE, name="Checkout")
    statuspage.save_page(HOUSE, published=True)
    shop = broken_shop(service)
    incidents.send_status_update(HOUSE, incident=shop, public="All is on fire")
    run_engine()
    assert outside.incidents(HOUSE) == []


def test_a_status_page_made_for_a_drill_shows_it_and_goes_with_it(drill: str, service: str) -> None:
    commands.note_made(DRILL, drill_id=drill, page=True)
    statuspage.add_component(DRILL, name="Drill: sample shop", service_id=service)
    statuspage.save_page(DRILL, published=True)
    shop = broken_shop(service)
    commands.report(DRILL, drill_id=drill, steps=[], incident=shop)
    incidents.send_status_update(HOUSE, incident=shop, public="All is on fire")
    run_engine()
    assert [public.inside for public in outside.incidents(HOUSE, open_only=True)] == [shop]
    assert commands.end(DRILL, drill_id=drill, outcome="done") == []
    page = outside.page(HOUSE)
    assert page is not None
    assert not page.published
    assert not outside.components(HOUSE)
    assert not outside.incidents(HOUSE, open_only=True)


def test_what_a_dead_player_leaves_is_removed_by_the_engine(drill: str, service: str) -> None:
    mara = accounts.add_person(DRILL, email=f"mara{PRACTICE_DOMAIN}", name="Mara (drill)")
    step = oncall.StepInput((oncall.TargetInput("person", mara),))
    policy = oncall.save_policy(DRILL, name="Drill: sample shop", steps=[step])
    oncall.set_service_policy(DRILL, service_id=service, policy_id=policy)
    add_integration(DRILL, kind="prometheus", name="Drill: Prometheus", service=service)
    add_check(DRILL, name="Drill: health", target="http://127.0.0.1:4711/health", service_id=service)
    shop = broken_shop(service)
    with time_machine.travel(now() + LOST_AFTER + timedelta(seconds=30), tick=False):
        run_engine()
        found = queries.latest(HOUSE)
    assert found is not None
    assert (found.running, found.outcome) == (False, "abandoned")
    assert services(HOUSE) == []
    assert policies(HOUSE) == []
    assert checks(HOUSE) == []
    assert [i.name for i in integrations(HOUSE) if i.name.startswith("Drill")] == []
    assert [p.email for p in people(HOUSE, active_only=True) if p.email.endswith(PRACTICE_DOMAIN)] == []
    assert incident(HOUSE, shop).state == "dismissed", "nobody had answered it"


def test_the_files_of_a_dead_shop_go_and_no_other_folder(drill: str, tmp_path: Path) -> None:
    shop = Path(tempfile.mkdtemp(prefix="tocsin-drill-"))
    commands.note_made(DRILL, drill_id=drill, folder=str(shop))
    commands.end(DRILL, drill_id=drill, outcome="abandoned")
    assert not shop.exists()
    other = commands.begin(HOUSE, player=False)
    commands.note_made(DRILL, drill_id=other, folder=str(tmp_path))
    commands.end(DRILL, drill_id=other, outcome="abandoned")
    assert tmp_path.exists()


def test_outgoing_requests_reach_the_shop_of_a_running_drill_only(drill: str, service: str) -> None:
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as shop:
        threading.Thread(target=shop.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{shop.server_port}/"
        with pytest.raises(AddressRefused):
            request("GET", url)
        commands.note_made(DRILL, drill_id=drill, shop_port=shop.server_port)
        assert request("GET", url).status == 501
        commands.end(DRILL, drill_id=drill, outcome="done")
        with pytest.raises(AddressRefused):
            request("GET", url)
        shop.shutdown()


def test_a_drill_that_beats_is_left_alone_but_not_for_ever(drill: str) -> None:
    with time_machine.travel(now() + LOST_AFTER / 2, tick=False):
        run_engine()
        assert queries.under_way(HOUSE) is not None
    with time_machine.travel(now() + LONGEST + timedelta(minutes=1), tick=False):
        commands.beat(HOUSE, drill_id=drill)
        run_engine()
        assert queries.under_way(HOUSE) is None


def test_lists_leave_out_a_drill_that_is_over_unless_it_is_looked_for(service: str) -> None:
    shop = broken_shop(service)
    incidents.mark_practice(DRILL, incident=shop)
    assert [row.id for row in listed(HOUSE).rows] == [shop], "while it runs it is seen like any other"
    incidents.resolve(HOUSE, incident=shop, reason="The drill is over.")
    assert listed(HOUSE).rows == ()
    assert [row.id for row in listed(HOUSE, IncidentFilters(text="shop is down")).rows] == [shop]
    with pytest.raises(Denied):
        incidents.mark_practice(person("Ana", Role.ADMINISTRATOR), incident=shop)


def test_the_script_says_of_each_step_what_happens_and_what_its_button_does() -> None:
    assert len({step.key for step in OUTAGE}) == len(OUTAGE)
    for step in OUTAGE:
        assert step.title, step.key
        assert len(step.text) > 60, step.key
        assert step.button, step.key
