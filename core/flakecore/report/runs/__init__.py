"""Many runs as text and JSON."""

from flakecore.report.runs.run_json import render_run_json
from flakecore.report.runs.run_text import render_run_text

__all__ = ["render_run_json", "render_run_text"]
