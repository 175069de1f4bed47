"""Two runs beside each other, and the repetitions of tests in one, as text and JSON."""

from flakecore.report.comparing.compare_json import (
    render_compare_json,
    render_repetitions_json,
    repeated_json,
)
from flakecore.report.comparing.compare_text import (
    render_compare_text,
    render_repetitions_text,
    repetition_lines,
    title_of,
    where_it_parts,
)

__all__ = [
    "render_compare_json",
    "render_compare_text",
    "render_repetitions_json",
    "render_repetitions_text",
    "repeated_json",
    "repetition_lines",
    "title_of",
    "where_it_parts",
]
