"""Times, tests and source lines of output: exact on paired lines, bounded between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from alignment.sequences import LOGGER, PRINTLN, RUN, writes_of
from flakecore.alignment.matching import Pairs
from flakecore.alignment.pair_output import PairedOutput
from flakecore.gotest import Line, Lines
from flakecore.timeline.output.output_lines import TIME_SOURCES, LineColumns, TimeSource
from flakecore.timeline.output.output_placement import place_lines, stamps_of_writes

ZERO = 1_700_000_000_000_000_000
EXACT, BOUNDED = TimeSource.EXACT, TimeSource.BOUNDED
STAMPED, UNKNOWN = TimeSource.STAMPED, TimeSource.UNKNOWN


@dataclass(frozen=True)
class Tests:
    """Goroutines with the tests that they belong to."""

    __test__ = False
    of: Mapping[int, int]

    def test_of(self, number: int) -> int:
        return self.of.get(number, -1)

    def goroutine(self, number: int) -> None:
        del number


def _lines(*walls: int | None, test: int = 0) -> Lines:
    """Return lines read so many nanoseconds after the case's time 0."""
    stamps = [None if wall is None else ZERO + wall for wall in walls]
    return Lines.of(Line(at, wall, test, f"line {at}", "") for at, wall in enumerate(stamps))


def _paired(write: Sequence[int], goroutine: int = 7, test: int = 0) -> PairedOutput:
    """Return pairs with writes at 0, 10, 20 … ns, each 5 ns long; -1 is a line without one."""
    owner = np.array(write, np.int64)
    goroutines = np.where(owner >= 0, goroutine, 0)
    pairs = Pairs(owner, owner >= 0, goroutines)
    return PairedOutput(pairs, writes_of([PRINTLN] * 4), Tests({goroutine: test}))


def _sources(columns: LineColumns) -> list[TimeSource]:
    return [TIME_SOURCES[number] for number in columns.time_source.tolist()]


def test_a_paired_line_has_the_begin_of_its_write_without_error() -> None:
    columns, _ = place_lines(_lines(400, 500), _paired([1, 3]), ZERO, 1_000, ["TestA"])
    assert (columns.time.tolist(), columns.error.tolist()) == ([10, 30], [0, 0])
    assert _sources(columns) == [EXACT, EXACT]


def test_a_line_between_paired_ones_is_bounded_by_their_writes() -> None:
    columns, _ = place_lines(_lines(None, None, None), _paired([0, -1, 3]), ZERO, 9, ["TestA"])
    assert _sources(columns) == [EXACT, BOUNDED, EXACT]
    time, error = int(columns.time[1]), int(columns.error[1])
    assert time - error <= 0
    assert time + error >= 35
    assert 0 <= time <= 30


def test_a_line_outside_of_the_paired_ones_has_its_stamp() -> None:
    columns, _ = place_lines(_lines(400, 700), _paired([1, -1]), ZERO, 1_000, ["TestA"])
    assert _sources(columns) == [EXACT, STAMPED]
    assert (columns.time.tolist(), columns.error.tolist()) == ([10, 700], [0, 1_000])


@pytest.mark.parametrize("paired", [True, False])
def test_a_line_without_any_time_takes_that_of_the_line_before_it(paired: bool) -> None:
    pairs = _paired([1, -1]) if paired else None
    columns, _ = place_lines(_lines(400, None), pairs, ZERO, 1_000, ["TestA"])
    assert _sources(columns)[1] is UNKNOWN
    assert columns.time[1] == columns.time[0]


def test_a_stamp_without_a_zero_is_no_time() -> None:
    columns, _ = place_lines(_lines(400), None, None, 1_000, ["TestA"])
    assert _sources(columns) == [UNKNOWN]


def test_lines_are_in_order_of_time_and_each_is_found_again() -> None:
    columns, index_of = place_lines(_lines(700, 400), None, ZERO, 1_000, ["TestA"])
    assert list(columns.texts) == ["line 1", "line 0"]
    assert index_of.tolist() == [1, 0]


def test_the_test_is_that_of_the_goroutine_that_printed_and_not_the_reported_one() -> None:
    columns, _ = place_lines(_lines(1, test=0), _paired([1], test=1), ZERO, 9, ["TestA", "TestB"])
    assert (columns.test.tolist(), columns.reported_test.tolist()) == ([1], [0])


def test_without_a_goroutine_the_test_is_the_reported_one() -> None:
    columns, _ = place_lines(_lines(1), _paired([-1], test=1), ZERO, 9, ["TestA", "TestB"])
    assert columns.test.tolist() == [0]


@pytest.mark.parametrize(("name", "test"), [("TestA", -1), ("ExampleA", 0), ("BenchmarkA", 0)])
def test_an_example_or_benchmark_keeps_lines_of_goroutines_of_no_test(name: str, test: int) -> None:
    columns, _ = place_lines(_lines(1), _paired([1], test=-1), ZERO, 9, [name])
    assert columns.test.tolist() == [test]


def test_a_line_of_package_testing_is_its_tests_whichever_goroutine_printed_it() -> None:
    pairs = Pairs(np.array([0]), np.array([True]), np.array([7]))
    paired = PairedOutput(pairs, writes_of([RUN]), Tests({7: 1}))
    columns, _ = place_lines(_lines(1), paired, ZERO, 9, ["TestA", "TestB"])
    assert columns.test.tolist() == [0]


def test_a_paired_line_has_the_source_line_of_the_call_that_printed_it() -> None:
    pairs = Pairs(np.array([0, 1]), np.array([True, False]), np.array([7, 0]))
    paired = PairedOutput(pairs, writes_of([LOGGER, LOGGER]), Tests({}))
    columns, _ = place_lines(_lines(1, 2), paired, ZERO, 9, ["TestA"])
    (file, line), unknown = (columns.places[place] for place in columns.place.tolist())
    assert (file, line) == ("/src/pool/pool_test.go", 12)
    assert unknown == ("", 0)


def test_stamps_meet_the_writes_of_certain_pairs_only() -> None:
    found = stamps_of_writes(_lines(400, 500, None), _paired([1, -1, 3]))
    assert found is not None
    assert (found[0].tolist(), found[1].tolist()) == ([ZERO + 400], [10])
    assert stamps_of_writes(_lines(400), None) is None
