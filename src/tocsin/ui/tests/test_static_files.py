"""Pages work before and after the static files were collected."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import override_settings

from tocsin.ui.static_files import Storage


@pytest.fixture
def folder(tmp_path: Path):
    with override_settings(STATIC_ROOT=str(tmp_path)):
        yield tmp_path


def test_before_anything_is_collected_the_plain_name_is_used(folder: Path) -> None:
    assert Storage(location=str(folder)).url("ui/icons.svg") == "/static/ui/icons.svg"


def test_after_collecting_names_carry_a_hash_and_modules_import_each_other_by_it(folder: Path) -> None:
    stores = {
        "staticfiles": {"BACKEND": "tocsin.ui.static_files.Storage"},
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    }
    with override_settings(STORAGES=stores):
        call_command("collectstatic", interactive=False, verbosity=0)
    name = Storage(location=str(folder)).url("ui/js/countdown.js").removeprefix("/static/")
    assert name != "ui/js/countdown.js"
    text = (folder / name).read_text(encoding="utf-8")
    assert './said.js"' not in text
    imported = text.split('from "./', 1)[1].split('"', 1)[0]
    assert (folder / "ui/js" / imported).exists()
    assert (folder / f"{name}.gz").exists()
