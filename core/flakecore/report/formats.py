"""The formats of the report: one line each, which ``report --format`` reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flakecore.bundle import Bundle
from flakecore.report.excerpt import Excerpt
from flakecore.report.explainer import Explainer
from flakecore.report.json.json_report import render_json
from flakecore.report.junit.junit_report import render_junit
from flakecore.report.markdown.markdown_report import render_markdown
from flakecore.report.text.text_report import render_text
from flakecore.timeline import Case

Render = Callable[[Bundle, Sequence[Case], Excerpt | None, Explainer | None], str | bytes]

RENDERERS: dict[str, Render] = {
    "text": render_text,
    "json": render_json,
    "markdown": render_markdown,
    "junit": render_junit,
}
"""What makes each format, by its name."""
