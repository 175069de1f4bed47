"""What differs between the runs that fail and those that pass? Features, rates, associations."""

from flakecore.comparison.features.feature import FEATURES, Feature, Verdict, feature_named
from flakecore.comparison.features.features_of_case import ScopeFeatures, case_features

__all__ = [
    "FEATURES",
    "Feature",
    "ScopeFeatures",
    "Verdict",
    "case_features",
    "feature_named",
]
