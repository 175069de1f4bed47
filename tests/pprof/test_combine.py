"""Profiles put together have the samples of all, and a difference has those of both."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given

from flakecore.errors import ProfileError
from flakecore.pprof import ValueType, difference, encoded, grand_total, merged
from pprof.made import Sample, counted, profile_of, samples, summed
from pprof.profiles import profile, raw_samples, written_by
from toolchains import NEWEST


@given(samples, samples)
def test_equal_samples_of_several_profiles_become_one(
    first: list[Sample], second: list[Sample]
) -> None:
    together = merged((profile_of(first), profile_of(second)))
    expected = summed([*first, *second])
    assert counted(together) == {(*key, values): 1 for key, values in expected.items()}
    assert together.duration_ns == 18


@given(samples, samples)
def test_a_difference_has_what_came_and_what_went(new: list[Sample], base: list[Sample]) -> None:
    found = difference(profile_of(new), profile_of(base), labelled=False)
    expected = summed(new)
    for (stack, labels), (count, time) in summed(base).items():
        before = expected.get((stack, labels), (0, 0))
        expected[stack, labels] = before[0] - count, before[1] - time
    assert counted(found) == {(*key, values): 1 for key, values in expected.items()}


@given(samples)
def test_shares_of_a_difference_are_of_what_it_is_compared_with(made: list[Sample]) -> None:
    ours = profile_of(made)
    total = sum(each[2][1] for each in made)
    assert grand_total(ours, 1) == total
    halved = dataclasses.replace(ours, values=ours.values // 2)
    assert grand_total(difference(halved, ours), 1) == total


def test_profiles_that_count_different_things_are_not_put_together() -> None:
    ours = profile_of([])
    other = dataclasses.replace(ours, sample_types=(ValueType("delay", "nanoseconds"),))
    with pytest.raises(ProfileError, match="profiles of samples, cpu and of delay cannot"):
        merged((ours, other))
    with pytest.raises(ProfileError, match="no profile"):
        merged(())


def test_a_profile_merged_with_itself_is_what_go_tool_pprof_makes_of_it(kind: str) -> None:
    ours = profile(NEWEST, kind)
    twice = raw_samples(encoded(merged((ours, ours))))
    once = raw_samples(written_by(NEWEST)[kind])
    assert twice == {
        (tuple(2 * v for v in values), *rest): n for (values, *rest), n in once.items()
    }
    assert not difference(ours, ours, labelled=False).values.any()
