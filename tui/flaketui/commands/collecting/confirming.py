"""``flaketui collect --confirm``: which explanations of a bundle's failure are put to the test."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flakecore.errors import FlakeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flakecore.bundle import Bundle, Manifest
    from flakecore.collect import ConfirmOptions
    from flakecore.comparison import FirstDifference, Run
    from flakecore.timeline import Case, CaseEntry, Failure


def confirm_options(place: Path | None, runs: int) -> ConfirmOptions | None:
    """Return the experiments on the first failure of a bundle, the likeliest first.

    Args:
        place: the bundle; None where nothing is to be confirmed.
        runs: how many runs each way.

    Raises:
        FlakeError: the bundle cannot be read, no test failed in it, or no explanation of its
            failure is of a kind that can be put to the test.
    """
    if place is None:
        return None
    from flakecore.bundle import open_bundle
    from flakecore.collect import ConfirmOptions
    from flakecore.comparison import choose_trials, fails_alike, is_proved, recorded_runs
    from flakecore.report.explainer import Explainer
    from flakecore.timeline import list_cases, load_case

    with open_bundle(place) as bundle:
        manifest = bundle.manifest
        entries = list_cases(bundle)
        case = load_case(bundle, entries[0])
        failure = next((each for each in case.failures if each.test >= 0), None)
        if manifest is None or failure is None:
            raise FlakeError(
                f"{place} has no failed test to explain",
                remedy="hunt for one with: flaketui collect --until-fail --stress",
            )
        findings = Explainer(bundle, Path.cwd()).findings(case, failure)
        recorded = recorded_runs(bundle)
        parts = _parts(bundle, case, failure, entries, recorded)
        trials = choose_trials(case, failure, findings, recorded, manifest, parts)
    if not trials:
        raise FlakeError(
            f"{failure.test_name}: nothing that is known of its failure can be put to the test",
            remedy="a hunt of more runs, with --stress, may tell what it goes with",
        )
    return ConfirmOptions(
        trials=tuple(trials),
        runs=runs,
        is_proved=is_proved,
        is_alike=fails_alike(case, failure),
    )


def _parts(
    bundle: Bundle, case: Case, failure: Failure, entries: Sequence[CaseEntry], runs: Sequence[Run]
) -> Sequence[FirstDifference]:
    """Return where a failing run parts from the most alike one of its package that passed."""
    from flakecore.comparison import (
        conditions_shared,
        differences,
        passing_records,
        runs_conditions,
    )
    from flakecore.timeline import load_case

    own = runs_conditions(bundle, case.attempt)
    passed = [
        (conditions_shared(own, runs_conditions(bundle, entry.attempt)), load_case(bundle, entry))
        for entry in entries
        if entry.package == case.package and not entry.failing and entry.has_result
    ]
    if not passed:
        return ()
    alike = max(passed, key=lambda each: each[0])[1]
    known = passing_records(case.package, failure.test_name, runs)
    return differences(case, alike, failure.test_name, known)


def experiment_sentences(manifest: Manifest) -> list[str]:
    """Return what came of the experiments that a manifest records."""
    if not manifest.experiments:
        return []
    from flakecore.comparison import experiment_sentence

    return [experiment_sentence(each) for each in manifest.experiments]
