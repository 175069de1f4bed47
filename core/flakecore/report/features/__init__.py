"""Features of runs and tests as text, JSON, CSV and Parquet."""

from flakecore.report.features.feature_rows import CaseFeatures, features_of_cases
from flakecore.report.features.feature_text import render_feature_text
from flakecore.report.features.formats import FEATURE_FORMATS

__all__ = ["FEATURE_FORMATS", "CaseFeatures", "features_of_cases", "render_feature_text"]
