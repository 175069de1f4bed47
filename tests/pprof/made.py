"""Made-up profiles, and a plain reference that goes through them sample by sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from flakecore.pprof import Label, Profile, ProfileFrame, ValueType, stacks_of

Stack = tuple[ProfileFrame, ...]
Sample = tuple[Stack, tuple[Label, ...], tuple[int, int]]

_FRAMES = st.builds(
    ProfileFrame,
    function=st.sampled_from([f"example.com/p.f{n}" for n in range(5)] + ["runtime.mallocgc"]),
    file=st.sampled_from(["/src/p/a.go", "/src/p/b.go"]),
    line=st.integers(1, 3),
)
_LABELS = st.lists(
    st.builds(
        Label,
        key=st.sampled_from(["test", "who"]),
        text=st.sampled_from(["TestA", "TestB"]),
        number=st.just(0),
        unit=st.just(""),
    ),
    max_size=2,
    unique_by=lambda label: label.key,
).map(lambda labels: _in_order(tuple(labels)))

samples = st.lists(
    st.tuples(
        st.lists(_FRAMES, min_size=1, max_size=6).map(tuple),
        _LABELS,
        st.tuples(st.integers(1, 5), st.integers(1, 2**40)),
    ),
    max_size=12,
)
"""Samples of a profile: stack, labels and two values."""


def profile_of(made: Sequence[Sample]) -> Profile:
    """Return samples as a profile, each stack and each set of labels once."""
    stacks = {stack: at for at, stack in enumerate(dict.fromkeys(each[0] for each in made))}
    sets = {labels: at for at, labels in enumerate(dict.fromkeys(each[1] for each in made))}
    return Profile(
        sample_types=(ValueType("samples", "count"), ValueType("cpu", "nanoseconds")),
        values=np.array([each[2] for each in made], np.int64).reshape(-1, 2),
        stack_of_sample=np.array([stacks[each[0]] for each in made], np.int32),
        stacks=stacks_of(stacks),
        labels_of_sample=np.array([sets[each[1]] for each in made], np.int32),
        label_sets=tuple(sets),
        default_type=1,
        period_type=ValueType("cpu", "nanoseconds"),
        period=10_000_000,
        time_ns=7,
        duration_ns=9,
    )


def counted(profile: Profile) -> Counter[Sample]:
    """Return how often a profile has each stack and labels, with their values."""
    return Counter(
        (profile.stacks[stack], _in_order(profile.label_sets[labels]), (values[0], values[1]))
        for stack, labels, values in zip(
            profile.stack_of_sample.tolist(),
            profile.labels_of_sample.tolist(),
            profile.values.tolist(),
            strict=True,
        )
    )


def _in_order(labels: tuple[Label, ...]) -> tuple[Label, ...]:
    return tuple(sorted(labels, key=lambda label: label.key))


def summed(made: Sequence[Sample]) -> dict[tuple[Stack, tuple[Label, ...]], tuple[int, int]]:
    """Return what samples of equal stack and labels add up to."""
    totals: dict[tuple[Stack, tuple[Label, ...]], tuple[int, int]] = {}
    for stack, labels, (count, time) in made:
        before = totals.get((stack, labels), (0, 0))
        totals[stack, labels] = (before[0] + count, before[1] + time)
    return totals
