"""Words that people read: plain, short, and never shouting. Looks at templates and at the sentences of refusals.

Hides how a template's words are found: tags, variables, attributes that nobody reads are taken away.
"""

import ast
import re
from pathlib import Path

from tests.architecture.house import PACKAGE, inside, modules, templates

_MACHINERY = re.compile(
    r"{#.*?#}|{%.*?%}|{{.*?}}|<!--.*?-->|<!doctype[^>]*>|<script\b.*?</script>|<style\b.*?</style>", re.S | re.I
)
_TAG = re.compile(r"<[^>]*>", re.S)
_READ = re.compile(r'\b(?:title|label|aria-label|placeholder|alt|empty|empty_title|meta|word|submit)="([^"]*)"')
# The word that is wrong, and what to write instead.
PLAIN = {
    r"\butili[sz]e": "use",
    r"\bin order to\b": "to",
    r"\bprior to\b": "before",
    r"\bplease\b": "nothing; say what to do",
    r"\boops\b": "what happened",
    r"\bsorry\b": "what happened and what was kept",
    r"\bsuccessfully\b": "nothing; it was done",
    r"\binvalid\b": "what is wrong and the mend",
    r"\bclick here\b": "what the link leads to",
    r"\bfunctionality\b": "what it does",
    r"\bleverage\b": "use",
    r"\bsimply\b|\bjust click\b": "nothing",
    r"\betc\b": "what is meant",
    r"\ban error (has )?occurred\b": "what happened",
}


def read_in(path: Path) -> str:
    """What a person can read of a template."""
    bare = _MACHINERY.sub(" ", path.read_text(encoding="utf-8"))
    return f"{_TAG.sub(' ', bare)} {' . '.join(_READ.findall(bare))}"


def sentences(path: Path) -> list[str]:
    """Sentences of refusals and messages: what is given to an error of ours, or said to the person who acts."""
    said = {"Invalid", "Denied", "NotFound", "Conflict", "Unavailable", "success", "warning", "error", "offer_undo"}
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in said:
                parts = [part for each in node.args for part in ast.walk(each) if isinstance(part, ast.Constant)]
                found += [part.value for part in parts if isinstance(part.value, str) and " " in part.value]
    return found


def faults(text: str) -> list[str]:
    """What is wrong with the words."""
    wrong = [f"'!' in {text[max(0, at.start() - 30) : at.end()]!r}" for at in re.finditer(r"!(?!=)", text)]
    for pattern, better in PLAIN.items():
        wrong += [f"{at[0]!r}: write {better}" for at in re.finditer(pattern, text, re.I)]
    return wrong


def test_templates_speak_plainly_and_do_not_shout() -> None:
    wrong = [f"{inside(path)}: {fault}" for path in templates() for fault in faults(read_in(path))]
    assert wrong == []


def test_refusals_and_messages_speak_plainly_and_do_not_shout() -> None:
    wrong = [f"{inside(path)}: {fault}" for path in modules() for text in sentences(path) for fault in faults(text)]
    assert wrong == []


def test_refusals_of_commands_are_whole_sentences() -> None:
    rooms = [path for path in modules() if (PACKAGE / "domain") in path.parents]
    assert rooms
    odd = []
    for path in rooms:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(getattr(node, "func", None), "id", "")
            if name in {"Invalid", "Denied", "Conflict"} and node.args and isinstance(node.args[0], ast.Constant):
                text = str(node.args[0].value)
                if not text.endswith("."):
                    odd.append(f"{inside(path)}: {text}")
    assert odd == []


def test_the_test_of_words_sees_what_is_wrong(tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    bad.write_text('<p title="Click here">Saved successfully!</p>{% if a != b %}{# fine! #}{% endif %}')
    assert len(faults(read_in(bad))) == 3
