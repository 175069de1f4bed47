"""The formats of the report: one line each, which ``report --format`` reads.

A report is made in one of them, so each is loaded when it is used: that of the others takes a tenth
of the time of a small report.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module

from flakecore.bundle import Bundle
from flakecore.report.excerpt import Excerpt
from flakecore.report.explainer import Explainer
from flakecore.timeline import Case

Render = Callable[[Bundle, Sequence[Case], Excerpt | None, Explainer | None], str | bytes]


def _renderer(module: str, name: str) -> Render:
    """Return a renderer of a module of this room."""

    def render(
        bundle: Bundle,
        cases: Sequence[Case],
        excerpt: Excerpt | None,
        explainer: Explainer | None,
    ) -> str | bytes:
        found: Render = getattr(import_module(f"flakecore.report.{module}"), name)
        return found(bundle, cases, excerpt, explainer)

    return render


RENDERERS: dict[str, Render] = {
    "text": _renderer("text.text_report", "render_text"),
    "json": _renderer("json.json_report", "render_json"),
    "markdown": _renderer("markdown.markdown_report", "render_markdown"),
    "junit": _renderer("junit.junit_report", "render_junit"),
}
"""What makes each format, by its name."""
