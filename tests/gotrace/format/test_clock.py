from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flakecore.gotrace.format.clock import MOST_NS, TickClock


@given(
    st.integers(0, 2**61),
    st.integers(1_000, 4_000_000_000),
    st.lists(st.integers(0, 2**52), min_size=1),
)
def test_ticks_become_the_nanosecond_they_began_in(
    zero: int, frequency: int, elapsed: list[int]
) -> None:
    clock = TickClock(zero, frequency)
    exact = [ticks * 1_000_000_000 // frequency for ticks in elapsed]
    representable = [
        (zero + ticks, ns) for ticks, ns in zip(elapsed, exact, strict=True) if ns < 2**60
    ]
    ticks = np.array([tick for tick, _ in representable], np.int64)
    assert clock.to_ns(ticks).tolist() == [ns for _, ns in representable]
    assert [clock.one_to_ns(int(tick)) for tick in ticks] == [ns for _, ns in representable]


def test_a_tick_of_linux_is_64_nanoseconds() -> None:
    assert TickClock(0, 15_625_000).resolution_ns == 64


@given(
    st.integers(0, 2**62),
    st.integers(1_000, 4_000_000_000),
    st.lists(st.integers(-(2**62), 2**62), min_size=1),
)
def test_ticks_beyond_all_clocks_stay_in_order_and_in_64_bits(
    zero: int, frequency: int, ticks: list[int]
) -> None:
    clock = TickClock(zero, frequency)
    times = clock.to_ns(np.array(sorted(ticks), np.int64)).tolist()
    assert times == sorted(times) == [clock.one_to_ns(tick) for tick in sorted(ticks)]
    assert max(map(abs, times)) <= MOST_NS
