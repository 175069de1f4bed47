"""The numbers of interned names."""

from __future__ import annotations

import numpy as np

from flakecore.report.perfetto.names import (
    COLLECTOR_NAMES,
    WAKES,
    goroutine_of_name,
    is_goroutine_name,
    name_of_goroutine,
    name_of_state,
    track_name_of_test,
)


def test_names_of_states_collections_tests_and_goroutines_have_numbers_of_their_own() -> None:
    goroutines = np.arange(1, 2_000)
    names = name_of_goroutine(goroutines)
    assert is_goroutine_name(names).all()
    assert [goroutine_of_name(name) for name in names.tolist()] == goroutines.tolist()
    tests = {track_name_of_test(test) for test in range(2_000)}
    states = set(name_of_state(np.arange(18)).tolist())
    kinds = [tests, states, set(names.tolist()), set(COLLECTOR_NAMES), {WAKES, WAKES + 1}]
    assert len(set().union(*kinds)) == sum(map(len, kinds))
