"""The shape of files: that each says what it hides, that none grows past reading, that names mean something."""

import ast
import re
from pathlib import Path

from tests.architecture.house import PACKAGE, ROOT, each, modules, nodes, templates, tree

_LINES = 600
_TEST_LINES = 500
_TEMPLATE_LINES = 150
_FUNCTION_LINES = 50
# Words that say nothing about what is inside; a Service of the catalogue is meant and allowed.
_EMPTY_NAMES = {
    "util",
    "utils",
    "helper",
    "helpers",
    "manager",
    "managers",
    "service",
    "data",
    "process",
    "misc",
    "common",
}
# Components have attributes of their own, of whatever name; a custom property is a value, not a look.
_COMPONENT = re.compile(r"<c-[^>]*>")
_INLINE_STYLE = re.compile(r"""\sstyle\s*=\s*["'](?!--)""")
_INLINE_HANDLER = re.compile(r"""\son[a-z]+\s*=\s*["']""")
_STAGES = {
    "detect",
    "assess",
    "respond",
    "contain",
    "communicate",
    "resolve",
    "recover",
    "document",
    "support",
    "admin",
}


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


@each(list(modules(tests=True)))
def test_every_module_says_what_it_hides(path: Path) -> None:
    if path.read_text(encoding="utf-8").strip():
        assert ast.get_docstring(tree(path)), "open it with two to five lines: what it hides, what it never does"


@each(list(modules(tests=True)))
def test_no_file_grows_past_reading(path: Path) -> None:
    limit = _TEST_LINES if "tests" in path.parts else _LINES
    assert _lines(path) <= limit, f"{_lines(path)} lines; split it at {limit}"


@each(list(modules()))
def test_functions_fit_on_a_screen(path: Path) -> None:
    for node in nodes(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= _FUNCTION_LINES, f"{node.name} has {length} lines; 25 feel right"


@each(list(modules()))
def test_names_mean_something(path: Path) -> None:
    parts = {part.removesuffix(".py") for part in path.relative_to(PACKAGE).parts}
    assert not parts & _EMPTY_NAMES


@each(list(templates()))
def test_templates_are_short_and_carry_no_style_and_no_script_of_their_own(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert _lines(path) <= _TEMPLATE_LINES, f"{_lines(path)} lines; make components of it"
    assert not _INLINE_STYLE.search(_COMPONENT.sub("", text)), "looks belong in the style sheets"
    assert not _INLINE_HANDLER.search(text), "the content security policy refuses inline handlers"


def test_screens_stand_in_the_stages_of_an_emergency() -> None:
    found = {
        p.name
        for p in (PACKAGE / "screens").iterdir()
        if p.is_dir() and p.name not in {"__pycache__", "tests", "templates"}
    }
    assert found <= _STAGES


def test_scripts_can_be_run() -> None:
    for name in ("server", "test", "check"):
        assert (ROOT / "script" / name).stat().st_mode & 0o111


def test_tests_of_a_mark_are_where_the_script_looks_for_them() -> None:
    script = (ROOT / "script/test").read_text(encoding="utf-8")
    for mark in ("kills", "browser", "peers"):
        named = re.search(rf"^ +{mark}=\((.+)\)$", script, re.MULTILINE)
        assert named, f"script/test has lost its list of {mark}"
        places = [ROOT / place for place in named[1].split()]
        files = [f for f in modules(tests=True) if f"mark.{mark}" in f.read_text(encoding="utf-8")]
        lost = [f for f in files if f != Path(__file__) and not any(f.is_relative_to(place) for place in places)]
        assert not lost, f"script/test does not look there for the mark {mark}"
