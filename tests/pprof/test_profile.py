from __future__ import annotations

import dataclasses

from flakecore.pprof import ValueType, profile_kind
from flakecore.pprof.stack_columns import stacks_of
from pprof.profiles import profile
from toolchains import NEWEST


def test_a_profile_tells_its_kind_by_what_it_counts(release: str, kind: str) -> None:
    assert profile_kind(profile(release, kind)) == kind


def test_contention_without_a_sample_is_neither_block_nor_mutex() -> None:
    empty = dataclasses.replace(profile(NEWEST, "mutex"), stacks=stacks_of(()))
    assert profile_kind(empty) == "contention"


def test_other_profiles_go_by_the_name_of_what_they_count() -> None:
    for kind in ("goroutine", "goroutineleak", "threadcreate"):
        counted = dataclasses.replace(
            profile(NEWEST, "mutex"), sample_types=(ValueType(kind, "count"),)
        )
        assert profile_kind(counted) == kind
