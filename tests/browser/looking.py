"""How a page is looked at: every width and both themes without loading it again, axe at a desk and on a phone."""

from typing import Any

from tests.browser.conftest import AXE

WIDTHS = (1440, 768, 360)
THEMES = ("light", "dark")
AXE_AT = {(1440, "light"), (360, "dark")}
_RUN_AXE = """axe.run({resultTypes: ['violations']}).then(
  r => r.violations.map(v => [v.impact, v.id, v.nodes.map(n => n.html).slice(0, 3)]))"""
_MEASURE = """() => {
  const sideways = document.documentElement.scrollWidth - innerWidth;
  const wide = sideways <= 0 ? [] : [...document.querySelectorAll('body *')]
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1
      && !e.closest('.t-scroll, .t-tabs, .visually-hidden, pre, [popover]'))
    .slice(0, 3).map(e => e.outerHTML.slice(0, 120));
  return {sideways, wide, headings: document.querySelectorAll('h1').length,
    title: document.title, lang: document.documentElement.lang};
}"""


def faults_of(page: Any) -> list[str]:
    """What is wrong with how the open page looks, at every size and in both themes."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return [f"{width} {theme}: {fault}" for width in WIDTHS for theme in THEMES for fault in _look(page, width, theme)]


def _look(page: Any, width: int, theme: str) -> list[str]:
    page.set_viewport_size({"width": width, "height": 900})
    # Without motion no colour is caught half-way between two themes.
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    found = page.evaluate(_MEASURE)
    wrong = [f"{found['sideways']} px sideways: {found['wide']}"] if found["sideways"] > 0 else []
    if found["headings"] != 1 or not found["title"].strip(" ·") or not found["lang"]:
        wrong.append(f"h1: {found['headings']}, title: {found['title']!r}, lang: {found['lang']!r}")
    if (width, theme) in AXE_AT:
        wrong += [str(each) for each in page.evaluate(_RUN_AXE) if each[0] in {"serious", "critical"}]
    return wrong
