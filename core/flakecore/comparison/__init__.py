"""What differs between the runs that fail and those that pass? Features, rates, associations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flakecore.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from flakecore.comparison.divergence.compare import (
        CaseComparison,
        Divergence,
        compare_cases,
        passing_records,
    )
    from flakecore.comparison.divergence.differences import differences
    from flakecore.comparison.divergence.first_difference import FirstDifference
    from flakecore.comparison.divergence.repetitions import (
        RepeatedLine,
        RepeatedTest,
        repeated_tests,
    )
    from flakecore.comparison.divergence.roles import GoroutineRole, roles_of_test
    from flakecore.comparison.divergence.steps import Step
    from flakecore.comparison.experiments.alike import fails_alike
    from flakecore.comparison.experiments.choose import choose_trials
    from flakecore.comparison.experiments.verdict import (
        experiment_sentence,
        is_proved,
        with_verdicts,
    )
    from flakecore.comparison.features.feature import (
        FEATURES,
        Feature,
        FeatureVerdict,
        feature_named,
    )
    from flakecore.comparison.features.features_of_case import (
        ScopeFeatures,
        case_features,
        time_limit_ns,
    )
    from flakecore.comparison.predicates.predicate_associations import PredicateAssociation
    from flakecore.comparison.predicates.read_records import record_losses
    from flakecore.comparison.predicates.record_runs import RunRecorder
    from flakecore.comparison.runs.association import (
        Association,
        ConditionColumn,
        associations,
        associations_of_columns,
    )
    from flakecore.comparison.runs.conditions import (
        Condition,
        condition_shown,
        conditions_beside,
        conditions_of,
        conditions_shared,
        conditions_shown,
    )
    from flakecore.comparison.runs.fixes import fix_sentences
    from flakecore.comparison.runs.rates import (
        FailureRate,
        drawn_rate_sentence,
        failure_rates,
        rate_sentence,
    )
    from flakecore.comparison.runs.replays import not_put_back
    from flakecore.comparison.runs.run import Run
    from flakecore.comparison.runs.run_findings import RUN_RULES, run_findings, with_runs
    from flakecore.comparison.runs.run_settings import settings_of_run, settings_shown
    from flakecore.comparison.runs.runs_of_bundle import (
        recorded_runs,
        runs_conditions,
        runs_of_bundle,
    )
    from flakecore.comparison.signature import signature_of, without_varying
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "experiments.alike": ("fails_alike",),
            "experiments.choose": ("choose_trials",),
            "experiments.verdict": ("experiment_sentence", "is_proved", "with_verdicts"),
            "features.feature": ("FEATURES", "Feature", "FeatureVerdict", "feature_named"),
            "features.features_of_case": ("ScopeFeatures", "case_features", "time_limit_ns"),
            "divergence.compare": (
                "CaseComparison",
                "Divergence",
                "compare_cases",
                "passing_records",
            ),
            "divergence.differences": ("differences",),
            "divergence.first_difference": ("FirstDifference",),
            "divergence.repetitions": ("RepeatedLine", "RepeatedTest", "repeated_tests"),
            "divergence.roles": ("GoroutineRole", "roles_of_test"),
            "divergence.steps": ("Step",),
            "predicates.predicate_associations": ("PredicateAssociation",),
            "predicates.read_records": ("record_losses",),
            "predicates.record_runs": ("RunRecorder",),
            "runs.association": (
                "Association",
                "ConditionColumn",
                "associations",
                "associations_of_columns",
            ),
            "runs.conditions": (
                "Condition",
                "condition_shown",
                "conditions_beside",
                "conditions_of",
                "conditions_shared",
                "conditions_shown",
            ),
            "runs.fixes": ("fix_sentences",),
            "runs.rates": (
                "FailureRate",
                "drawn_rate_sentence",
                "failure_rates",
                "rate_sentence",
            ),
            "runs.replays": ("not_put_back",),
            "runs.run": ("Run",),
            "runs.run_findings": ("RUN_RULES", "run_findings", "with_runs"),
            "runs.run_settings": ("settings_of_run", "settings_shown"),
            "runs.runs_of_bundle": ("recorded_runs", "runs_conditions", "runs_of_bundle"),
            "signature": ("signature_of", "without_varying"),
        },
    )

__all__ = [
    "FEATURES",
    "RUN_RULES",
    "Association",
    "CaseComparison",
    "Condition",
    "ConditionColumn",
    "Divergence",
    "FailureRate",
    "Feature",
    "FeatureVerdict",
    "FirstDifference",
    "GoroutineRole",
    "PredicateAssociation",
    "RepeatedLine",
    "RepeatedTest",
    "Run",
    "RunRecorder",
    "ScopeFeatures",
    "Step",
    "associations",
    "associations_of_columns",
    "case_features",
    "choose_trials",
    "compare_cases",
    "condition_shown",
    "conditions_beside",
    "conditions_of",
    "conditions_shared",
    "conditions_shown",
    "differences",
    "drawn_rate_sentence",
    "experiment_sentence",
    "fails_alike",
    "failure_rates",
    "feature_named",
    "fix_sentences",
    "is_proved",
    "not_put_back",
    "passing_records",
    "rate_sentence",
    "record_losses",
    "recorded_runs",
    "repeated_tests",
    "roles_of_test",
    "run_findings",
    "runs_conditions",
    "runs_of_bundle",
    "settings_of_run",
    "settings_shown",
    "signature_of",
    "time_limit_ns",
    "with_runs",
    "with_verdicts",
    "without_varying",
]
