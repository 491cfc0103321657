"""What people write, as HTML: a harmless part of Markdown, code as it was pasted, bare addresses, mentions.

Raw HTML is shown as it was typed; headings and pictures are none; links leave the house without a trace of where they
were. Never trusts what somebody typed, and never loads anything.
"""

import re
from collections.abc import Collection, Iterator, Mapping

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_TAGS = {"p", "br", "strong", "em", "s", "code", "pre", "ul", "ol", "li", "a", "blockquote", "b"}
_SPECIAL = re.compile(r"(?P<url>https?://[^\s<>\"'`]+)|(?<![\w@/.])@(?P<handle>\w[\w.\-]{0,79})")
_AFTER = ".,;:!?)]}'\"*_~"


def said(text: str, mentions: Collection[str] = (), mine: Collection[str] = ()) -> SafeString:
    """The text as HTML. `mentions` are the handles that mean somebody, `mine` those that mean the reader."""
    env = {"mentions": frozenset(mentions), "mine": frozenset(mine)}
    made = nh3.clean(
        _MARKDOWN.render(text, env),
        tags=_TAGS,
        attributes={"a": {"href"}},
        allowed_classes={"b": {"t-mention", "t-mention-me"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="nofollow noopener noreferrer",
    )
    return mark_safe(made)  # noqa: S308  (cleaned one line above)


def _mark(state: StateCore) -> None:
    """Bare addresses become links and known handles stand out, in running text only."""
    for block in state.tokens:
        if block.type == "inline" and block.children and ("@" in block.content or "://" in block.content):
            block.children = list(_marked(block.children, state.env))


def _marked(children: list[Token], env: Mapping[str, frozenset[str]]) -> Iterator[Token]:
    inside = 0
    for token in children:
        inside += token.type == "link_open"
        inside -= token.type == "link_close"
        if token.type == "text" and not inside:
            yield from _split(token.content, env)
        else:
            yield token


def _split(text: str, env: Mapping[str, frozenset[str]]) -> Iterator[Token]:
    done = 0
    for found in _SPECIAL.finditer(text):
        word = (found["url"] or found["handle"]).rstrip(_AFTER)
        if found["handle"] and word not in env["mentions"]:
            continue
        yield _text(text[done : found.start()])
        done = found.start() + len(word) + bool(found["handle"])
        yield from _link(word) if found["url"] else _mention(word, me=word in env["mine"])
    yield _text(text[done:])


def _text(words: str) -> Token:
    return Token("text", "", 0, content=words)


def _link(url: str) -> Iterator[Token]:
    yield Token("link_open", "a", 1, attrs={"href": url})
    yield _text(url)
    yield Token("link_close", "a", -1)


def _mention(handle: str, *, me: bool) -> Iterator[Token]:
    yield Token("mention_open", "b", 1, attrs={"class": "t-mention t-mention-me" if me else "t-mention"})
    yield _text(f"@{handle}")
    yield Token("mention_close", "b", -1)


_LEFT_OUT = ["image", "heading", "lheading", "hr", "html_block", "html_inline", "reference"]
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": False})
_MARKDOWN.disable(_LEFT_OUT).enable("strikethrough")
_MARKDOWN.core.ruler.push("mentions", _mark)
