"""What is put to the test comes from what is known of a bundle's first failure."""

from __future__ import annotations

from pathlib import Path

import pytest

from flakecore.bundle import Experiment, Manifest
from flakecore.errors import FlakeError
from flaketui.commands.collecting.confirming import confirm_options, experiment_sentences
from program import SAMPLE
from timeline.captures import BUNDLE, capture_files
from toolchains import NEWEST


def test_without_a_bundle_nothing_is_confirmed() -> None:
    assert confirm_options(None, 20) is None
    assert experiment_sentences(Manifest()) == []


def test_a_bundle_without_a_manifest_is_refused_with_the_remedy() -> None:
    folder = capture_files(NEWEST, "parting", "-cpu=1") / BUNDLE
    with pytest.raises(FlakeError, match="has no failed test to explain"):
        confirm_options(folder, 20)


def test_a_place_that_is_no_bundle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FlakeError, match="does not exist"):
        confirm_options(tmp_path / "no.zip", 20)


def test_the_test_that_a_finding_blames_is_to_be_left_out() -> None:
    found = confirm_options(SAMPLE, 5)
    assert found is not None
    first = found.trials[0]
    assert (first.experiment.kind, first.experiment.rule) == ("neighbour", "shared-state")
    assert first.experiment.words == "TestStatsResetToZero"
    assert "TestStatsResetToZero" not in first.without.run
    assert "TestStatsCountDeliveries" in first.without.run
    assert found.runs == 5


def test_each_experiment_is_told_in_a_sentence() -> None:
    tried = Experiment(
        test="p.TestA", words="TestSeed", failed_with=9, runs_with=10, runs_without=10, planned=10
    )
    (sentence,) = experiment_sentences(Manifest(experiments=(tried,)))
    assert sentence.startswith("Proved by experiment: TestA failed 9 of 10 with TestSeed, 0 of 10")
