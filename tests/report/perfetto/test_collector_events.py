"""Collections, stops of the world and the heap are those of the tables."""

from __future__ import annotations

from collections import Counter

from report.perfetto.traces import sample


def test_collections_and_the_heap_are_those_of_the_tables() -> None:
    case, found = sample()
    table = case.tables.collections()
    told = [(each.name, each.start, each.end) for each in found.of_category("collector")]
    rows = (table[name].tolist() for name in ("name", "start_ns", "end_ns"))
    assert Counter(told) == Counter(zip(*rows, strict=True))
    assert case.trace is not None
    for name, metric in (("Live heap", case.trace.heap), ("Heap goal", case.trace.heap_goal)):
        assert sorted(found.counters[name]) == sorted(
            zip(metric.time.tolist(), metric.value.tolist(), strict=True)
        )
