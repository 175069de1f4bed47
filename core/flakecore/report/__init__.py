"""How do I pass it on? A case's first answer as text, Markdown or JSON, without a terminal."""

from flakecore.report.baseline import Baseline, encode_baseline, read_baseline
from flakecore.report.comparing.compare_json import render_compare_json
from flakecore.report.comparing.compare_text import render_compare_text, title_of
from flakecore.report.events.event_writer import EventRequest, EventWriter
from flakecore.report.excerpt import Excerpt, check_test
from flakecore.report.explainer import Explainer
from flakecore.report.features.feature_rows import CaseFeatures, features_of_cases
from flakecore.report.features.feature_text import render_feature_text
from flakecore.report.features.formats import FEATURE_FORMATS
from flakecore.report.formats import RENDERERS
from flakecore.report.json.json_report import render_json
from flakecore.report.markdown.markdown_report import render_markdown
from flakecore.report.runs.run_json import render_run_json
from flakecore.report.runs.run_text import render_run_text
from flakecore.report.text.text_report import render_text

__all__ = [
    "FEATURE_FORMATS",
    "RENDERERS",
    "Baseline",
    "CaseFeatures",
    "EventRequest",
    "EventWriter",
    "Excerpt",
    "Explainer",
    "check_test",
    "encode_baseline",
    "features_of_cases",
    "read_baseline",
    "render_compare_json",
    "render_compare_text",
    "render_feature_text",
    "render_json",
    "render_markdown",
    "render_run_json",
    "render_run_text",
    "render_text",
    "title_of",
]
