"""What differs between the runs that fail and those that pass? Features, rates, associations."""

from flakecore.comparison.features.feature import FEATURES, Feature, Verdict, feature_named
from flakecore.comparison.features.features_of_case import ScopeFeatures, case_features
from flakecore.comparison.runs.association import Association, associations
from flakecore.comparison.runs.conditions import conditions_of, conditions_shown
from flakecore.comparison.runs.rates import FailureRate, failure_rates, rate_sentence
from flakecore.comparison.runs.run import Run
from flakecore.comparison.runs.runs_of_bundle import recorded_runs, runs_of_bundle
from flakecore.comparison.signature import signature_of

__all__ = [
    "FEATURES",
    "Association",
    "FailureRate",
    "Feature",
    "Run",
    "ScopeFeatures",
    "Verdict",
    "associations",
    "case_features",
    "conditions_of",
    "conditions_shown",
    "failure_rates",
    "feature_named",
    "rate_sentence",
    "recorded_runs",
    "runs_of_bundle",
    "signature_of",
]
