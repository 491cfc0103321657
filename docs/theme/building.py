"""Builds the site's files and navigation from what is there, so that a new page or vendor needs no edit here.

Brings in what lives elsewhere in the repository: each vendor's `doc.md`, the changelog, the measurements, and the
product's own colours and font.
"""

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "src/tocsin/ui/static"
BORROWED = {
    "ui/css/tokens.css": STATIC / "ui/css/tokens.css",
    "vendor/inter/inter-latin.woff2": STATIC / "vendor/inter/inter-latin.woff2",
    "favicon.svg": STATIC / "ui/favicon.svg",
    "explanation/changelog.md": ROOT / "CHANGELOG.md",
    "explanation/measurements.md": ROOT / "benchmarks/RESULTS.md",
}
SECTIONS = (
    ("Tutorial", "tutorial", ("first-page", "drill")),
    ("How to", "howto", ("prometheus", "alertmanager", "pagerduty", "mail", "on-call", "status-page", "reports")),
    ("Sources and ways out", "integrations", ()),
    ("Reference", "reference", ("settings", "command-line", "api", "wire-formats")),
    ("Explanation", "explanation", ("way-of-an-alarm", "never-lose-a-page")),
    ("Decisions", "adr", ()),
)
"""Title, folder, and the pages that come first in it; the rest follow by name."""
_ELSEWHERE = re.compile(r"\]\((?!https?:|mailto:|#|/)([^)#\s]+)(#[^)]*)?\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what is borrowed, then the navigation."""
    for uri, path in BORROWED.items():
        files.append(File.generated(config, uri, abs_src_path=str(path)))
    for path in sorted((ROOT / "src/tocsin/integrations").glob("*/doc.md")):
        files.append(File.generated(config, f"integrations/{path.parent.name}.md", abs_src_path=str(path)))
    config.nav = _navigation({file.src_uri for file in files.documentation_pages()})
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Links of borrowed pages that lead into the repository, not into the site, become plain text."""
    if page.file.src_uri not in BORROWED and not page.file.src_uri.startswith(("integrations/", "map")):
        return markdown
    here = posixpath.dirname(page.file.src_uri)

    def plain(link: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(here, link[1]))
        return link[0] if files.get_file_from_path(target) else "]"

    return _ELSEWHERE.sub(plain, markdown)


def _navigation(pages: set[str]) -> list[Any]:
    sections: list[Any] = [{"Start": "index.md"}]
    for title, folder, first in SECTIONS:
        rank = {f"{folder}/{name}.md": number for number, name in enumerate(first)}
        found = sorted((uri for uri in pages if posixpath.dirname(uri) == folder), key=lambda u: (rank.get(u, 99), u))
        if folder == "explanation":
            found.append("map.md")
        if found:
            sections.append({title: found})
    return sections
