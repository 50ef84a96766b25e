"""The documentation as a site, of the pages of the repository as they are. `.ci/site` builds it."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

project = "ratelimit"
author = "The authors of ratelimit"
version = release = re.search(r"<version>([^<]+)</version>", (ROOT / "pom.xml").read_text()).group(1)

extensions = ["myst_parser", "sphinxcontrib.mermaid"]
include_patterns = ["*.md", "deploy/README.md", "docs/**"]
root_doc = "README"
# So that links to a heading work as they do in the repository.
myst_heading_anchors = 4
myst_fence_as_directive = ["mermaid"]
highlight_language = "text"

html_theme = "furo"
# Each release has a site of its own, which says whose it is.
html_title = f"ratelimit {release}"
html_show_copyright = False
html_show_sourcelink = False

LINK = re.compile(r"\[([^\]]+)\]\(([^)\s#:]+)\)")


def adapt(app, docname, source):
    """Gives the first page the order of the others, and takes links to folders away, which a site cannot show."""
    here = (ROOT / docname).parent
    source[0] = LINK.sub(lambda link: link[1] if (here / link[2]).is_dir() else link[0], source[0])
    if docname == root_doc:
        source[0] += "\n" + (ROOT / "site/contents.md").read_text()


def setup(app):
    app.connect("source-read", adapt)
