"""How do I pass it on? A case's first answer as text, Markdown or JSON, without a terminal."""

from flakecore.report.baseline import Baseline, encode_baseline, read_baseline
from flakecore.report.events.event_writer import EventRequest, EventWriter
from flakecore.report.excerpt import Excerpt, check_test
from flakecore.report.explainer import Explainer
from flakecore.report.exports import EXPORTS, ExportRequest, export
from flakecore.report.formats import RENDERERS
from flakecore.report.json.json_report import render_json
from flakecore.report.markdown.markdown_report import render_markdown
from flakecore.report.text.text_report import render_text

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
