"""The profiles of a case: each with its kind, and a loss for one that cannot be read."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from flakecore.bundle import Kind, open_bundle
from flakecore.timeline import Case, load_case, load_profiles
from flakecore.timeline.case_index import list_cases
from program import SAMPLE

FOLDER = "example.com/flaky/courier/"
KINDS = ["cpu", "block", "mutex", "mem"]


def _case_without_trace(folder: Path) -> Case:
    """Return the case of a folder, its artefacts listed and its trace not read."""
    with open_bundle(folder) as bundle:
        (entry,) = list_cases(bundle)
        case = load_case(bundle, replace(entry, artefacts=()))
        return replace(case, artefacts=entry.artefacts)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The sample as a folder."""
    with zipfile.ZipFile(SAMPLE) as archive:
        archive.extractall(tmp_path)
    return tmp_path


def test_profiles_are_in_the_order_in_which_reports_list_their_kinds(folder: Path) -> None:
    with open_bundle(folder) as bundle:
        profiles, losses = load_profiles(bundle, _case_without_trace(folder))
    assert [(each.artefact, each.kind) for each in profiles] == [
        (f"{FOLDER}{kind}.pprof", kind) for kind in KINDS
    ]
    assert losses == []


def test_the_sleep_of_the_tracer_that_collect_asked_for_is_in_no_profile(folder: Path) -> None:
    def waited() -> tuple[set[str], int]:
        with open_bundle(folder) as bundle:
            profiles, _ = load_profiles(bundle, _case_without_trace(folder), [Kind.BLOCK_PROFILE])
        (block,) = profiles
        return set(block.profile.stacks.functions.names), int(block.profile.values[:, 1].sum())

    _, collected = waited()
    (folder / "manifest.json").unlink()
    _, elsewhere = waited()
    assert collected < 1.5e9 < 6e9 < elsewhere  # two goroutines that sleep as long as the tests


def test_a_profile_that_cannot_be_read_is_a_loss_and_the_others_are_read(folder: Path) -> None:
    path = folder / FOLDER / "block.pprof"
    path.write_bytes(path.read_bytes()[:1000])
    with open_bundle(folder) as bundle:
        profiles, losses = load_profiles(bundle, _case_without_trace(folder))
    assert [each.kind for each in profiles] == ["cpu", "mutex", "mem"]
    assert [loss.where for loss in losses] == [f"{FOLDER}block.pprof"]


def test_a_case_without_artefacts_has_no_profiles(folder: Path) -> None:
    case = replace(_case_without_trace(folder), artefacts=())
    with open_bundle(folder) as bundle:
        assert load_profiles(bundle, case) == ([], [])
