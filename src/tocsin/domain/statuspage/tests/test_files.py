"""The files that are served: complete to the field, inert whatever was typed, the same bytes for the same page."""

import json
import re
from datetime import timedelta
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from tocsin.core.engine.testing import run_engine
from tocsin.domain.statuspage import commands, picturing
from tocsin.domain.statuspage.models import Asset, Publication, PublicIncident
from tocsin.domain.statuspage.rendering import files as rendering
from tocsin.domain.statuspage.tests.conftest import SYSTEM, Shop
from tocsin.domain.statuspage.wording import as_html, as_line
from tocsin.kernel.clock import now

pytestmark = pytest.mark.django_db
API = ("summary", "status", "components", "incidents", "incidents/unresolved", "scheduled-maintenances")
API += ("scheduled-maintenances/upcoming", "scheduled-maintenances/active")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)")
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "{{ settings.SECRET_KEY }}{% load static %}{% debug %}",
    "</title></style></textarea><svg onload=alert(1)>",
    "[click](javascript:alert(1)) ![x](https://evil.example/x.png)",
    "\"onmouseover='alert(1)",
    "]]><x/>&nbsp;&amp;",
    "\u202eevil\u0000\u0007",
    "=cmd|' /C calc'!A0",
)


class Looking(HTMLParser):
    """What in a page would run, or load something."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "img", "textarea", "style", "x", "iframe", "object"}:
            self.found.append(tag)
        for name, value in attrs:
            if name.startswith("on") or (value or "").lower().startswith("javascript:"):
                self.found.append(f"{tag} {name}")


def runs(html: str) -> list[str]:
    looking = Looking()
    looking.feed(html)
    return looking.found


def maintenance(shop: Shop, **shift: float) -> str:
    begin = now() + timedelta(**shift)
    return commands.schedule_maintenance(
        SYSTEM,
        title="Disks",
        body="Breaks.",
        components=[shop.search],
        scheduled_for=begin,
        scheduled_until=begin + timedelta(hours=1),
    )


def test_every_document_of_statuspage_v2_is_there_and_names_the_page(shop: Shop) -> None:
    for name in API:
        page = json.loads(shop.file(f"api/v2/{name}.json"))["page"]
        assert set(page) == {"id", "name", "url", "time_zone", "updated_at"}
        assert re.fullmatch(r"[a-z0-9]{12}", page["id"])


def test_the_summary_has_every_field_of_components_incidents_updates_and_maintenance(shop: Shop) -> None:
    group = commands.save_group(SYSTEM, name="Shop")
    commands.change_component(SYSTEM, component_id=shop.checkout, group_id=group)
    shop.broken()
    maintenance(shop, hours=3)
    summary = json.loads(shop.file("api/v2/summary.json"))
    assert summary["status"] == {"indicator": "critical", "description": "Major Service Outage"}
    component = {
        "id",
        "name",
        "status",
        "created_at",
        "updated_at",
        "position",
        "description",
        "showcase",
        "start_date",
        "group_id",
        "page_id",
        "group",
        "only_show_if_degraded",
    }
    listed = {one["name"]: one for one in summary["components"]}
    assert set(listed["Checkout"]) == component
    assert set(listed["Shop"]) == component | {"components"}
    assert listed["Shop"]["components"] == [listed["Checkout"]["id"]]
    assert (listed["Shop"]["status"], listed["Checkout"]["group_id"]) == ("major_outage", listed["Shop"]["id"])
    incident = {
        "id",
        "name",
        "status",
        "created_at",
        "updated_at",
        "monitoring_at",
        "resolved_at",
        "impact",
        "shortlink",
        "started_at",
        "page_id",
        "incident_updates",
        "components",
    }
    [found], [planned] = summary["incidents"], summary["scheduled_maintenances"]
    assert set(found) == incident
    assert set(planned) == incident | {"scheduled_for", "scheduled_until"}
    assert (planned["status"], planned["impact"]) == ("scheduled", "maintenance")
    [update] = found["incident_updates"]
    assert set(update) == {
        "id",
        "status",
        "body",
        "incident_id",
        "created_at",
        "updated_at",
        "display_at",
        "affected_components",
        "deliver_notifications",
        "custom_tweet",
        "tweet_id",
    }
    assert update["affected_components"] == [
        {
            "code": listed["Checkout"]["id"],
            "name": "Checkout",
            "old_status": "operational",
            "new_status": "major_outage",
        }
    ]
    assert planned["incident_updates"][0]["affected_components"] is None
    for at in (found["created_at"], update["display_at"], planned["scheduled_for"], summary["page"]["updated_at"]):
        assert INSTANT.fullmatch(at)


def test_maintenance_stands_under_upcoming_then_active_then_in_the_past(shop: Shop) -> None:
    maintenance(shop, minutes=30)

    def listed(name: str) -> int:
        return len(json.loads(shop.file(f"api/v2/{name}.json"))["scheduled_maintenances"])

    def counts() -> list[int]:
        return [listed("scheduled-maintenances/upcoming"), listed("scheduled-maintenances/active"), listed("summary")]

    assert counts() == [1, 0, 1]
    shop.later(minutes=31)
    assert counts() == [0, 1, 1]
    shop.later(hours=1)
    assert counts() == [0, 0, 0]
    assert listed("scheduled-maintenances") == 1


@pytest.mark.parametrize("text", HOSTILE)
def test_what_people_type_runs_nowhere_and_breaks_nothing(shop: Shop, text: str) -> None:
    commands.save_page(SYSTEM, name=text, about=text)
    group = commands.save_group(SYSTEM, name=text)
    named = commands.add_component(SYSTEM, name=text, description=text, group_id=group)
    id_ = commands.open_incident(
        SYSTEM, title=text, status="investigating", body=text, components={named: "partial_outage"}
    )
    begin = now() + timedelta(hours=1)
    commands.schedule_maintenance(
        SYSTEM,
        title=text,
        body=text,
        components=[named],
        scheduled_for=begin,
        scheduled_until=begin + timedelta(hours=1),
    )
    code = PublicIncident.objects.get(id=id_).code
    for path in ("index.html", "history/index.html", f"incidents/{code}/index.html"):
        html = shop.file(path)
        assert not runs(html)
        assert html.rstrip().endswith("</html>")
    for path in ("history.atom", "history.rss", "badge.svg", "icon.svg"):
        ElementTree.fromstring(shop.file(path))
    for name in API:
        json.loads(shop.file(f"api/v2/{name}.json"))
    assert b"BEGIN:VCALENDAR" in shop.file("maintenance.ics").encode()


def test_markdown_becomes_a_few_harmless_tags() -> None:
    assert as_html("**a** [b](https://example.org)\n\n- c") == (
        '<p><strong>a</strong> <a href="https://example.org" rel="nofollow noopener noreferrer">b</a></p>\n'
        "<ul>\n<li>c</li>\n</ul>\n"
    )
    assert as_line("**a** <b>\n\nsecond") == "a <b>"


def test_the_page_loads_nothing_from_elsewhere_and_has_no_script_and_no_inline_style(shop: Shop) -> None:
    shop.broken()
    for path in ("index.html", "history/index.html", "404.html"):
        html = shop.file(path)
        assert "<script" not in html
        assert "style=" not in html
        assert not re.search(r'(src|href)="(https?:)?//', html)
    assert not re.search(r"url\(\"?(https?:)?//", shop.file(_style()))


def _style() -> str:
    return str(Asset.objects.get(path__startswith="assets/status.").path)


def test_every_link_of_the_pages_leads_to_a_file(shop: Shop) -> None:
    shop.broken()
    maintenance(shop, hours=1)
    run_engine()
    paths = set(Asset.objects.values_list("path", flat=True))
    for page in [path for path in paths if path.endswith(".html")]:
        for link in re.findall(r'(?:href|src)="([^"#?]+)[^"]*"', shop.file(page)):
            if link.startswith(("http", "mailto")) or "subscribe/" in link:
                continue
            base = page.split("/")[:-1]
            for part in link.split("/"):
                base = base[:-1] if part == ".." else base if part == "." else [*base, part]
            target = "/".join(base)
            assert (f"{target}index.html".lstrip("/") if target.endswith("/") or not target else target) in paths, (
                page,
                link,
            )


def test_nothing_is_made_anew_when_nothing_changed_and_only_what_changed_when_something_did(shop: Shop) -> None:
    shop.broken()
    run_engine(periodic=False)
    before = dict(Asset.objects.values_list("path", "etag"))
    version = Publication.objects.get().version
    commands.set_component_status(SYSTEM, components={shop.search: "degraded_performance"})
    run_engine(periodic=False)
    after = dict(Asset.objects.values_list("path", "etag"))
    changed = {path for path in after if before.get(path) != after[path]}
    assert "index.html" in changed
    assert not {path for path in changed if path.startswith(("assets/", "incidents/"))}
    assert Publication.objects.get().version == version + 1


def test_a_page_that_is_taken_back_leaves_no_file(shop: Shop) -> None:
    shop.broken()
    run_engine()
    commands.save_page(SYSTEM, published=False)
    run_engine()
    assert not Asset.objects.exists()


def test_a_component_that_shows_only_in_trouble_shows_only_then(shop: Shop) -> None:
    commands.change_component(SYSTEM, component_id=shop.search, only_show_if_degraded=True)
    assert '<span class="name"><bdi>Search' not in shop.file("index.html")
    commands.set_component_status(SYSTEM, components={shop.search: "degraded_performance"})
    assert '<span class="name"><bdi>Search' in shop.file("index.html")


def test_the_bars_grow_by_themselves_while_something_is_broken(shop: Shop) -> None:
    shop.broken()
    before = shop.file("index.html")
    shop.later(minutes=6)
    assert shop.file("index.html") != before


def test_after_an_upgrade_the_page_of_an_old_incident_keeps_the_style_that_it_names(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = shop.broken()
    shop.later(minutes=1)
    old = f"incidents/{PublicIncident.objects.get(id=first).code}/index.html"
    style = re.search(r"assets/status\.\w+\.css", shop.file(old))
    assert style is not None
    commands.post_update(SYSTEM, public_incident_id=first, status="resolved", body="Solved.")
    shop.later(minutes=1)
    monkeypatch.setattr(picturing, "LATEST", 1)
    shop.broken(title="Another", body="Baskets are empty.")
    monkeypatch.setattr(rendering, "style", lambda: rendering.File("assets/status.0123abcd.css", "text/css", b"new"))
    shop.later(minutes=1)
    assert shop.has("assets/status.0123abcd.css")
    assert style[0] in shop.file(old)
    assert shop.has(style[0])
