"""The formats of features: one line each, which ``flaketui features --format`` reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flakecore.report.features.feature_data import (
    render_feature_csv,
    render_feature_json,
    render_feature_parquet,
)
from flakecore.report.features.feature_rows import CaseFeatures
from flakecore.report.features.feature_text import render_feature_text

RenderFeatures = Callable[[Sequence[CaseFeatures]], bytes]

FEATURE_FORMATS: dict[str, RenderFeatures] = {
    "text": render_feature_text,
    "json": render_feature_json,
    "csv": render_feature_csv,
    "parquet": render_feature_parquet,
}
"""What makes each format, by its name."""
