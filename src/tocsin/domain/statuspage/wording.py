"""Words the public reads: states in their language, languages there are, Markdown made harmless.

Every text goes through here before it becomes HTML. Never trusts what somebody typed.
"""

from functools import lru_cache
from html import unescape
from pathlib import Path

import nh3
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_info, gettext, gettext_noop, ngettext
from markdown_it import MarkdownIt

_HERE = Path(__file__).parent
STATUS_WORDS = {
    "operational": gettext_noop("Operational"),
    "under_maintenance": gettext_noop("Under maintenance"),
    "degraded_performance": gettext_noop("Degraded performance"),
    "partial_outage": gettext_noop("Partial outage"),
    "major_outage": gettext_noop("Major outage"),
    "investigating": gettext_noop("Investigating"),
    "identified": gettext_noop("Identified"),
    "monitoring": gettext_noop("Monitoring"),
    "resolved": gettext_noop("Resolved"),
    "postmortem": gettext_noop("Review"),
    "scheduled": gettext_noop("Scheduled"),
    "in_progress": gettext_noop("In progress"),
    "verifying": gettext_noop("Verifying"),
    "completed": gettext_noop("Completed"),
}
_TAGS = {"p", "br", "strong", "em", "code", "pre", "ul", "ol", "li", "a", "blockquote", "h3", "h4", "hr"}
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": False}).disable(["image", "heading"])


def status_word(status: str) -> str:
    """The state in the language that is active."""
    return gettext(STATUS_WORDS.get(status, status.replace("_", " ")))


def as_html(text: str) -> SafeString:
    """Markdown as HTML of a few harmless tags. Raw HTML is shown as it was typed; links are http, https, mailto."""
    made = nh3.clean(
        _MARKDOWN.render(text),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener noreferrer",
    )
    return mark_safe(made)  # noqa: S308  (cleaned one line above)


def as_line(text: str, longest: int = 240) -> str:
    """The first paragraph of a text without its marks, for a line of a list."""
    first = text.strip().split("\n\n")[0]
    plain = " ".join(unescape(nh3.clean(_MARKDOWN.render(first), tags=set())).split())
    return plain if len(plain) <= longest else plain[: longest - 1].rstrip() + "…"


def default_title(names: list[str]) -> str:
    """What a public incident is called until a person gives it a title."""
    if not names:
        return gettext("Service disruption")
    return gettext("Problems with %(names)s") % {"names": joined(names)}


def default_text(status: str, names: list[str]) -> str:
    """What is said when Tocsin itself must say something, and no text was agreed on."""
    about = joined(names) if names else gettext("our services")
    said = {
        "investigating": gettext("We are looking into a problem with %(names)s."),
        "resolved": gettext("The problem with %(names)s is solved."),
        "in_progress": gettext("Maintenance of %(names)s has begun."),
        "completed": gettext("Maintenance of %(names)s is finished."),
    }.get(status, "%(names)s")
    return said % {"names": about}


def joined(names: list[str]) -> str:
    """`Checkout, Search and Baskets`, in the language that is active."""
    if len(names) < 2:
        return "".join(names)
    first = gettext(", ").join(names[:-1])
    return gettext("%(first)s and %(last)s") % {"first": first, "last": names[-1]}


def outage_words(status: str, count: int) -> str:
    """The line above the headline: 'Major outage of one service'."""
    said = {
        "major_outage": ngettext("Major outage of %(n)d service", "Major outage of %(n)d services", count),
        "partial_outage": ngettext("Partial outage of %(n)d service", "Partial outage of %(n)d services", count),
        "degraded_performance": ngettext("%(n)d service is degraded", "%(n)d services are degraded", count),
        "under_maintenance": ngettext("%(n)d service under maintenance", "%(n)d services under maintenance", count),
    }.get(status)
    return said % {"n": count} if said else gettext("All systems operational")


@lru_cache(maxsize=1)
def _shipped() -> frozenset[str]:
    return frozenset(path.parent.parent.name for path in _HERE.glob("locale/*/LC_MESSAGES/django.mo"))


def languages_known() -> set[str]:
    """Codes of languages that the page can be written in: shipped ones, and those in the folders of translations."""
    own = {
        p.parent.parent.name for folder in settings.LOCALE_PATHS for p in Path(folder).glob("*/LC_MESSAGES/django.mo")
    }
    return {code.replace("_", "-").lower() for code in _shipped() | own | {settings.LANGUAGE_CODE}}


def language_name(code: str) -> str:
    """As its speakers call it; the code itself for one that nobody named."""
    try:
        return str(get_language_info(code)["name_local"])
    except KeyError:
        return code
