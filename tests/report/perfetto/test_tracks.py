"""Tracks lie below one another as what they show does."""

from __future__ import annotations

from report.perfetto.traces import sample


def test_a_goroutine_lies_below_the_test_that_it_belongs_to() -> None:
    case, found = sample()
    table = case.tables.goroutines()
    tests = case.tables.tests()["name"]
    place = {
        path[-1].partition(" ")[0]: path
        for path in map(found.path, found.tracks)
        if path[0] in ("Tests", "Goroutines of no test", "Goroutines of the runtime")
    }
    for number, test, system in zip(
        table["goroutine"].tolist(), table["test"].tolist(), table["system"].tolist(), strict=True
    ):
        path = place[f"G{number}"]
        if test >= 0:
            assert "/".join(path[1:-1]) == tests[test]
        else:
            assert path[0] == f"Goroutines of {'the runtime' if system else 'no test'}"
