"""The features of the cases of a bundle, with where each row belongs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flakecore.bundle import Bundle
from flakecore.comparison import FEATURES, ScopeFeatures, case_features, time_limit_ns
from flakecore.timeline import Case


@dataclass(frozen=True, slots=True)
class CaseFeatures:
    """The features of one case.

    Attributes:
        package: import path.
        attempt: which of several runs; "" where there is only one.
        rows: of the run, then of each test that was asked for.
    """

    package: str
    attempt: str
    rows: tuple[ScopeFeatures, ...]


def features_of_cases(
    bundle: Bundle, cases: Iterable[Case], test: str = ""
) -> tuple[CaseFeatures, ...]:
    """Return the features of some cases.

    Args:
        bundle: theirs; its manifest has the limit of the run.
        cases: the cases.
        test: only this test and its subtests; "" for the run and all tests.
    """
    limit_ns = time_limit_ns(bundle)
    return tuple(
        CaseFeatures(case.package, case.attempt, _of_test(case_features(case, limit_ns), test))
        for case in cases
    )


def feature_ids(found: Sequence[CaseFeatures]) -> list[str]:
    """Return the ids of all features that some rows have: those of the list, then the others."""
    listed = [feature.id for feature in FEATURES]
    others = {name for case in found for row in case.rows for name in row.values} - set(listed)
    return [*listed, *sorted(others)]


def _of_test(rows: tuple[ScopeFeatures, ...], test: str) -> tuple[ScopeFeatures, ...]:
    if not test:
        return rows
    return tuple(row for row in rows if row.name == test or row.name.startswith(f"{test}/"))
