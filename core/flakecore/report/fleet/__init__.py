"""A fleet's triage as text, Markdown and JSON."""

from flakecore.report.fleet.triage_json import render_triage_json
from flakecore.report.fleet.triage_markdown import render_triage_markdown
from flakecore.report.fleet.triage_text import render_triage_text

__all__ = ["render_triage_json", "render_triage_markdown", "render_triage_text"]
