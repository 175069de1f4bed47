"""Every kind of profile is told by what it measures, and block from mutex by whom it charges."""

from __future__ import annotations

import pytest

from flakecore.bundle import Kind
from flakecore.profile_kinds import PROFILE_KINDS, ProfileKind, kind_measuring


@pytest.mark.parametrize("kind", PROFILE_KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("unlocks", [True, False])
def test_a_kind_is_found_by_each_of_its_sample_types(kind: ProfileKind, unlocks: bool) -> None:
    for measure in kind.measures:
        found = kind_measuring([measure, "count"], unlocks=unlocks)
        assert (found is kind) == (kind.of_unlocker in (None, unlocks))


def test_contention_without_a_stack_is_of_no_kind() -> None:
    assert kind_measuring(["contentions", "delay"], unlocks=None) is None


def test_what_go_does_not_write_is_of_no_kind() -> None:
    assert kind_measuring(["samples"], unlocks=False) is None


def test_kinds_have_names_and_files_of_their_own_and_a_kind_of_artefact() -> None:
    assert len({kind.file for kind in PROFILE_KINDS}) == len(PROFILE_KINDS)
    assert {Kind(kind.artefact) for kind in PROFILE_KINDS}
