"""The box and the timeline as people type in them: Markdown, mentions, corrections, pinned decisions, a megabyte."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tocsin.domain.incidents import commands, queries
from tocsin.kernel.actor import Actor, Role
from tocsin.screens.respond.team_coordination_hub.tests.conftest import person


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(id=actor.person), "django.contrib.auth.backends.ModelBackend")
    return client


def timeline(actor: Actor, ref: str) -> str:
    return signed_in(actor).get(f"/incidents/{ref}/timeline/").content.decode()


def test_pasted_output_stays_as_it_was_and_markdown_helps(mateo: Actor, ref: str) -> None:
    commands.write(mateo, incident=ref, text="**Lag** is 0.4 s\n```\nFATAL:  the <disk> is full\n  at 02:47\n```")
    page = timeline(mateo, ref)
    assert "<strong>Lag</strong>" in page
    assert "<pre><code>FATAL:  the &lt;disk&gt; is full\n  at 02:47\n</code></pre>" in page


@pytest.mark.parametrize(
    "evil",
    [
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "![x](https://example.org/spy.png)",
        '<https://example.org/" onmouseover=alert(1)>',
        "https://example.org/'onclick=alert(1)//",
        "```\n</code></pre><script>alert(1)</script>\n```",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
    ],
)
def test_nothing_that_is_typed_becomes_a_script_or_loads_anything(mateo: Actor, ref: str, evil: str) -> None:
    commands.write(mateo, incident=ref, text=evil)
    shown = timeline(mateo, ref).split('class="t-say">')[1].split("</li>")[0]
    assert "<script" not in shown
    assert "<img" not in shown
    assert 'href="javascript' not in shown
    assert 'href="data' not in shown
    assert " onerror=" not in shown.replace("&lt;img src=x onerror=", "")


def test_a_mention_stands_out_and_is_offered_while_typing(amina: Actor, mateo: Actor, ref: str) -> None:
    found = signed_in(amina).get(f"/incidents/{ref}/mentionable/?q=mat").json()
    assert found == [{"handle": "mateo-fuentes", "words": "Mateo Fuentes"}]
    answer = signed_in(amina).post(
        f"/incidents/{ref}/write/", {"text": "@mateo and @nobody", "as": "note"}, follow=True
    )
    page = answer.content.decode()
    assert "tells Mateo Fuentes by their contact methods" in page
    assert '<b class="t-mention">@mateo</b> and @nobody' in page
    assert '<b class="t-mention t-mention-me">@mateo</b>' in timeline(mateo, ref)


def test_a_note_is_corrected_and_taken_back_from_the_timeline(mateo: Actor, ref: str) -> None:
    client = signed_in(mateo)
    note = commands.write(mateo, incident=ref, text="Lag is 4 s").note
    where = f"/incidents/{ref}/notes/{note}/"
    assert where in timeline(mateo, ref)
    client.post(where, {"text": "Lag is 0.4 s", "version": "1"})
    page = timeline(mateo, ref)
    assert "Lag is 0.4 s" in page
    assert "Lag is 4 s" not in page
    stale = client.post(where, {"text": "Lag is 3 s", "version": "1"})
    assert stale.status_code == 422
    assert "Lag is 3 s" in stale.content.decode()
    client.post(where, {"do": "take_back"})
    assert "Lag is" not in timeline(mateo, ref)
    assert client.get(where).status_code == 404


def test_a_note_becomes_a_pinned_decision_that_can_be_revoked(amina: Actor, mateo: Actor, ref: str) -> None:
    note = commands.write(mateo, incident=ref, text="We fail over").note
    client = signed_in(amina)
    client.post(f"/incidents/{ref}/notes/{note}/pin/", {"text": "Fail over to pg-main-2", "why": "Lag is 0.4 s"})
    [decision] = queries.decisions(amina, ref)
    page = client.get(f"/incidents/{ref}/").content.decode()
    pins = page.split('id="hub-pins"')[1].split('id="timeline"')[0]
    assert "Fail over to pg-main-2" in pins
    assert "Lag is 0.4 s" in pins
    client.post(f"/incidents/{ref}/decisions/{decision.id}/revoke/", {"reason": "The old one is back"})
    pins = client.get(f"/incidents/{ref}/").content.decode().split('id="hub-pins"')[1].split('id="timeline"')[0]
    assert "1 revoked" in pins
    assert "The old one is back" in pins


def test_a_megabyte_is_answered_with_a_sentence_and_stays_in_the_box(mateo: Actor, ref: str) -> None:
    pasted = "line of a log\n" * (1024 * 1024 // 14)
    answer = signed_in(mateo).post(f"/incidents/{ref}/write/", {"text": pasted, "as": "note"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "At most 20,000 characters" in page
    assert "attach the whole as a file" in page
    assert page.count("line of a log") == pasted.count("line of a log")


def test_a_viewer_neither_corrects_nor_pins(mateo: Actor, ref: str) -> None:
    vera = person("Vera Viewer", Role.VIEWER)
    note = commands.write(mateo, incident=ref, text="We fail over").note
    assert "/pin/" not in timeline(vera, ref)
    assert signed_in(vera).post(f"/incidents/{ref}/notes/{note}/", {"text": "No"}).status_code == 403
    assert signed_in(vera).post(f"/incidents/{ref}/notes/{note}/pin/", {"text": "No"}).status_code == 403
