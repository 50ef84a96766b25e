"""Configures the documentation site, which `.ci/site` builds from the pages of the repository."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

project = "ratelimit"
author = "The authors of ratelimit"
version = release = re.search(r"<version>([^<]+)</version>", (ROOT / "pom.xml").read_text()).group(1)

extensions = ["myst_parser", "sphinxcontrib.mermaid"]
include_patterns = ["*.md", "deploy/README.md", "docs/**"]
root_doc = "README"
# Makes links to headings work as they do in the repository.
myst_heading_anchors = 4
myst_fence_as_directive = ["mermaid"]
highlight_language = "text"

html_theme = "furo"
# Each release has its own site, which shows its version.
html_title = f"ratelimit {release}"
html_show_copyright = False
html_show_sourcelink = False

LINK = re.compile(r"\[([^\]]+)\]\(([^)\s#:]+)\)")


def adapt(app, docname, source):
    """Adds the contents to the first page, and removes links to folders, which a site cannot show."""
    here = (ROOT / docname).parent
    source[0] = LINK.sub(lambda link: link[1] if (here / link[2]).is_dir() else link[0], source[0])
    if docname == root_doc:
        source[0] += "\n" + (ROOT / "site/contents.md").read_text()


def setup(app):
    app.connect("source-read", adapt)
