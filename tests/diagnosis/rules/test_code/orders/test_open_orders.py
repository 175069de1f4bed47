"""Iterators over maps, which have no order of their own."""

from __future__ import annotations

from diagnosis.assertion_runs import Told, check_causes
from toolchains import NEWEST

TOLD: Told = {
    f"Test{name}": [
        f"test-itself, inferred: Test{name} depends on map order: {who} {does}"
        f" (@{place}) [fails @{mark}-fails; runs @{place}]"
    ]
    for name, who, does, mark, place in (
        ("Keys", "Keys", "collects maps.Keys(s) in any order", "keys", "keys-collects"),
        ("Names", "Names", "ranges over s.All(), in a map's order", "names", "names-ranges"),
        ("Counts", "Counts", "ranges over maps.Values(s)", "counts", "counts-ranges"),
        ("Any", "Any", "takes the first of s, a map", "any", "any-ranges"),
        ("First", "First", "pulls from s.All(), in a map's order", "first", "first-pulls"),
        ("Count", "Count", "takes the first of s, a map", "count", "count-ranges"),
        ("Registry", "Names", "ranges over r.names, a sync.Map", "registry", "registry-ranges"),
    )
}
TOLD["TestZipped"] = [
    "test-itself, inferred: TestZipped counts goroutines (@zipped-fails); Zipped never stops what"
    " iter.Pull(other) began (@pulls)"
    " [fails @zipped-fails; reads @zipped-counts; made @pulls]"
]
SOUND = {"TestSorted", "TestLine", "TestFew", "TestAnyOfOne", "TestWith"}


def test_an_iterator_over_a_map_leaves_the_order_open_and_one_that_is_pulled_a_goroutine() -> None:
    check_causes("iterators", NEWEST, TOLD, {"TestZipped": []}, SOUND)
