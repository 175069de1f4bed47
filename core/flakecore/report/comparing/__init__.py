"""Two runs beside each other, as text and JSON."""

from flakecore.report.comparing.compare_json import render_compare_json
from flakecore.report.comparing.compare_text import render_compare_text, title_of

__all__ = ["render_compare_json", "render_compare_text", "title_of"]
