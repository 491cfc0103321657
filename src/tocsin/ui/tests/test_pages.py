"""Whole pages: private by default, refusals that keep the input, components without inline styles."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils.safestring import mark_safe

import tocsin.ui
from tocsin.ui import marks, shell
from tocsin.ui.templatetags.tocsin import icon

pytestmark = pytest.mark.urls("tocsin.ui.tests.routes")
HERE = Path(tocsin.ui.__file__).parent
LAYOUTS = ["app", "incident", "reading", "phone", "bare", "empty"]


def test_a_view_is_private_unless_it_says_otherwise(client: Client) -> None:
    answer = client.get("/private?x=1")
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=/private%3Fx%3D1"


def test_a_fragment_asked_by_a_stranger_sends_the_whole_page_to_sign_in(client: Client) -> None:
    answer = client.get("/private", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/accounts/login/")


@pytest.mark.parametrize(("kind", "status"), [("invalid", 422), ("gone", 404), ("late", 409)])
def test_a_refusal_becomes_a_page_with_its_own_status_and_what_was_typed(
    client: Client, kind: str, status: int
) -> None:
    answer = client.post(f"/refuse/{kind}", {"note": "Old primary is fenced", "password": "hunter2-hunter2"})
    text = answer.content.decode()
    assert answer.status_code == status
    assert "Old primary is fenced" in text
    assert "hunter2" not in text


def test_a_refusal_of_a_fragment_goes_to_the_errors_and_leaves_the_form_alone(client: Client) -> None:
    answer = client.post("/refuse/late", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Retarget"]) == (409, "#errors")
    assert "Mateo Fuentes acknowledged it first." in answer.content.decode()
    assert "<html" not in answer.content.decode()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_is_whole_and_fits_the_strict_policy(client: Client, layout: str) -> None:
    answer = client.get(f"/gallery/{layout}")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "<c-" not in text
    assert 'style="' not in text
    nonce = re.search(r"'nonce-([^']+)'", answer["Content-Security-Policy"])
    scripts = re.findall(r"<script[^>]*>", text)
    assert all(nonce and f'nonce="{nonce[1]}"' in tag for tag in scripts)


def test_reading_pages_load_no_script_at_all(client: Client) -> None:
    assert "<script" not in client.get("/gallery/reading").content.decode()


def test_every_severity_comes_with_word_and_shape(client: Client) -> None:
    text = client.get("/gallery").content.decode()
    for key, word in (("critical", "Critical"), ("high", "High"), ("medium", "Medium"), ("low", "Low")):
        assert re.search(
            rf'<span class="t-sev t-sev-{key}"><svg[^>]*><use href="[^"]*#sev-{key}"/></svg>{word}</span>', text
        )


def test_a_wrong_form_lists_its_errors_with_links_to_the_fields(client: Client) -> None:
    text = client.get("/gallery").content.decode()
    assert '<a href="#id_title">Title: It is needed: fill it in.</a>' in text
    assert 'value="soon"' in text


def test_an_offered_undo_stands_on_the_page_and_other_messages_too(client: Client) -> None:
    text = client.get("/undoable").content.decode()
    assert 'action="/undo"' in text
    assert "The mail was not sent." in text


def test_a_page_that_does_not_exist_says_what_to_do(client: Client) -> None:
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()


@pytest.mark.parametrize("path", ["login/", "password/reset/"])
def test_sign_in_pages_speak_our_language(client: Client, db: None, path: str) -> None:
    text = client.get(f"/accounts/{path}").content.decode()
    assert "form-control" in text
    assert "t-brandline" in text


def test_no_template_of_ours_has_an_inline_style_or_handler() -> None:
    for template in (HERE / "templates").rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        assert not re.search(r"\sstyle=|\son[a-z]+=[\"']|<style", text), template


def test_every_icon_that_is_named_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (HERE / "static/ui/icons.svg").read_text(encoding="utf-8")))
    named = {look.icon for look in marks.STATES.values()} | {place.icon for place in shell.PLACES}
    for template in (HERE / "templates").rglob("*.html"):
        named |= set(re.findall(r'(?:\{% icon | icon=)"([a-z0-9-]+)"', template.read_text(encoding="utf-8")))
    assert named - {"sev-"} <= sprite
    assert sprite >= marks.ICONS


def test_every_state_that_a_screen_names_has_a_look() -> None:
    """Any other is drawn as a question mark: 'unknown' is what nobody may think a held clock or a quiet hour is."""
    for template in HERE.parent.rglob("templates/**/*.html"):
        named = set(re.findall(r'<c-state kind="([a-z_]+)"', template.read_text(encoding="utf-8")))
        assert named <= set(marks.STATES), template
    for views in ("assess.response_timeline_calculator.drawing", "assess.legal_clocks.views"):
        looks = import_module(f"tocsin.screens.{views}").LOOKS
        assert {kind for kind, _ in looks.values()} <= set(marks.STATES), views


def test_an_icon_that_nobody_drew_is_a_dot_and_never_nothing() -> None:
    assert marks.icon_name("no-such-thing") == "point"
    assert marks.icon_name("resolved") == "checks"


@pytest.mark.urls("tocsin.project.urls")
@pytest.mark.django_db
def test_a_form_sent_by_script_gets_the_next_address_or_the_bare_refusal() -> None:
    ana = get_user_model().objects.create_user("ana@example.org", name="Ana", roles=["administrator"])
    client = Client()
    client.force_login(ana, "django.contrib.auth.backends.ModelBackend")
    done = client.post("/settings/profile/", {"name": "Ana D"}, headers={"X-Form": "1"})
    assert (done.status_code, done["X-Location"]) == (204, "/settings/profile/")
    assert "Saved your profile." in client.get("/settings/profile/").content.decode()
    refused = client.post("/home/acknowledge/INC-404/", headers={"X-Form": "1"})
    assert (refused.status_code, refused["X-Refused"]) == (404, "1")
    assert refused.content.decode().startswith("Not done.")
    assert client.post("/home/acknowledge/INC-404/").content.decode().startswith("<!doctype")


def test_an_icon_is_escaped_however_its_name_is_marked() -> None:
    """Icons are kept for all who ask for the same; one whose name was marked as safe must not stand for the rest."""
    spiteful = '"><script>'
    for name in (mark_safe(spiteful), spiteful):
        for drawn in (icon(name), icon("bell", name), icon("bell", "", spiteful)):
            assert "<script" not in drawn
