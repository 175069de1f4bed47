"""How do I pass it on? A case's first answer as text or JSON, without a terminal."""

from flakecore.report.events import EventRequest, EventWriter
from flakecore.report.excerpt import Excerpt, check_test
from flakecore.report.json_report import render_json
from flakecore.report.text_report import render_text

__all__ = ["EventRequest", "EventWriter", "Excerpt", "check_test", "render_json", "render_text"]
