"""Files of an incident: kept, counted, never run by a browser, gone for who may not see the incident."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tocsin.core.log import read_stream
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.incidents import commands, files, queries
from tocsin.kernel.actor import Actor, Role, system

HOUSE = system("test")
pytestmark = pytest.mark.django_db


def person(name: str, *roles: Role) -> Actor:
    email = f"{name.split()[0].lower()}@example.org"
    return actor_of(accounts.add_person(HOUSE, email=email, name=name, roles=roles or (Role.RESPONDER,)))


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(id=actor.person), "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Any) -> Path:
    settings.HOME = tmp_path
    return tmp_path


@pytest.fixture
def mateo() -> Actor:
    return person("Mateo Fuentes")


@pytest.fixture
def ref(mateo: Actor) -> str:
    made = commands.declare(mateo, title="Checkout failing", kind="disruption", severity="low", page=False)
    return queries.row(mateo, made).reference


def bring(client: Client, ref: str, content: bytes = b"<script>alert(1)</script>", name: str = "x.html") -> int:
    given = {"file": SimpleUploadedFile(name, content, content_type="text/html")}
    return client.post(f"/incidents/{ref}/files/", given).status_code


def kept(home: Path) -> list[Path]:
    return [path for path in (home / "files").rglob("*") if path.is_file()]


def test_a_file_is_kept_logged_listed_and_downloaded_without_being_run(mateo: Actor, ref: str, home: Path) -> None:
    client = signed_in(mateo)
    assert bring(client, ref, name="../../evil\u202e.html") == 302
    found = queries.attachments(mateo, ref)[0]
    assert (found.name, found.media_type) == ("evil.html", "text/plain")
    assert "evil.html" in client.get(f"/incidents/{ref}/files/").content.decode()
    response = client.get(f"/incidents/{ref}/files/{found.id}/")
    assert b"".join(response) == b"<script>alert(1)</script>"  # type: ignore[arg-type]
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    stream = f"incident:{queries.row(mateo, ref).id}"
    assert read_stream(stream)[-1].event.sentence() == "attached evil.html"
    assert kept(home)[0].stat().st_mode & 0o077 == 0


def test_too_large_too_many_or_empty_is_refused_and_nothing_stays(
    mateo: Actor, ref: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(mateo)
    monkeypatch.setattr(files, "LARGEST", 10)
    assert bring(client, ref, b"x" * 11) == 422
    assert bring(client, ref, b"") == 422
    monkeypatch.setattr(files, "QUOTA", 15)
    assert bring(client, ref, b"x" * 9) == 302
    assert bring(client, ref, b"x" * 9) == 422
    assert len(kept(home)) == 1
    assert len(queries.attachments(mateo, ref)) == 1


def test_a_removed_file_is_gone_but_stays_in_the_log(
    mateo: Actor, ref: str, home: Path, django_capture_on_commit_callbacks: Any
) -> None:
    client = signed_in(mateo)
    bring(client, ref)
    found = queries.attachments(mateo, ref)[0]
    other = signed_in(person("Ben Okafor"))
    assert other.post(f"/incidents/{ref}/files/{found.id}/remove/").status_code == 403
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/incidents/{ref}/files/{found.id}/remove/")
    assert kept(home) == []
    assert client.get(f"/incidents/{ref}/files/{found.id}/").status_code == 404
    stream = f"incident:{queries.row(mateo, ref).id}"
    assert read_stream(stream)[-1].event.sentence() == "removed the file x.html"


def test_files_of_a_restricted_incident_do_not_exist_for_others(mateo: Actor, ref: str) -> None:
    amina = person("Amina Diallo", Role.COMMANDER)
    made = queries.row(amina, commands.declare(amina, title="Stolen keys", kind="security", page=False)).reference
    bring(signed_in(amina), made)
    found = queries.attachments(amina, made)[0]
    client = signed_in(mateo)
    assert client.get(f"/incidents/{made}/files/").status_code == 404
    assert client.get(f"/incidents/{made}/files/{found.id}/").status_code == 404
    assert client.get(f"/incidents/{ref}/files/{found.id}/").status_code == 404
    assert bring(signed_in(person("Vera Viewer", Role.VIEWER)), ref) == 403
