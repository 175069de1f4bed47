"""How do I pass it on? A case's first answer as text, Markdown or JSON, without a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flakecore.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from flakecore.report.baseline import Baseline, encode_baseline, read_baseline
    from flakecore.report.events.event_writer import EventRequest, EventWriter
    from flakecore.report.excerpt import Excerpt, check_test
    from flakecore.report.explainer import Explainer
    from flakecore.report.exports import EXPORTS, ExportRequest, export
    from flakecore.report.formats import RENDERERS
    from flakecore.report.json.json_report import render_json
    from flakecore.report.markdown.markdown_report import render_markdown
    from flakecore.report.text.text_report import render_text
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "baseline": ("Baseline", "encode_baseline", "read_baseline"),
            "events.event_writer": ("EventRequest", "EventWriter"),
            "excerpt": ("Excerpt", "check_test"),
            "explainer": ("Explainer",),
            "exports": ("EXPORTS", "ExportRequest", "export"),
            "formats": ("RENDERERS",),
            "json.json_report": ("render_json",),
            "markdown.markdown_report": ("render_markdown",),
            "text.text_report": ("render_text",),
        },
    )

__all__ = [
    "EXPORTS",
    "RENDERERS",
    "Baseline",
    "EventRequest",
    "EventWriter",
    "Excerpt",
    "Explainer",
    "ExportRequest",
    "check_test",
    "encode_baseline",
    "export",
    "read_baseline",
    "render_json",
    "render_markdown",
    "render_text",
]
