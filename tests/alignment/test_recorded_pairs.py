"""Lines are found in the bytes that were written, also where ``go test`` changed them."""

from __future__ import annotations

import numpy as np
import pytest

from flakecore.alignment import recorded_pairs
from flakecore.alignment.recorded_pairs import find_lines


@pytest.mark.parametrize("begin", [0, 7])
def test_lines_are_found_at_their_bytes(begin: int) -> None:
    data = b"\0" * begin + "one\nzwölf\nthree\n".encode()
    starts, ends = find_lines(["one", "zwölf", "three"], data, begin)
    assert [data[a:b] for a, b in zip(starts, ends, strict=True)] == [
        b"one",
        "zwölf".encode(),
        b"three",
    ]


def test_a_written_line_that_go_test_dropped_is_passed_over() -> None:
    starts, _ = find_lines(["one", "two"], b"one\n\x16=== NAME  TestA\ntwo\n", 0)
    assert starts.tolist() == [0, 21]


def test_a_line_of_another_source_is_not_found_and_the_next_one_is() -> None:
    starts, ends = find_lines(["one", "exit status 1", "two"], b"one\ntwo\n", 0)
    assert (starts.tolist(), ends.tolist()) == ([0, -1, 4], [3, -1, 7])


def test_a_line_that_go_test_ended_before_one_of_testing_is_two() -> None:
    data = b"no newline\x16=== RUN   TestA\nlast\n"
    starts, ends = find_lines(["no newline", "=== RUN   TestA", "last"], data, 0)
    assert data[starts[0] : ends[0]] == b"no newline"
    assert starts.tolist() == [0, 10, 27]


def test_a_beginning_of_a_line_is_no_line_of_its_own() -> None:
    starts, _ = find_lines(["no", "no newline"], b"no newline\n", 0)
    assert starts.tolist() == [-1, 0]


@pytest.mark.parametrize("piece", [1, 3, 7, 1000])
def test_lines_are_found_however_the_output_is_cut(
    piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = b"magic" + b"one\n\x16=== NAME  A\n\nno newline\x16=== RUN   TestA\nz\xc3\xb6lf\n" * 3
    texts = ["one", "", "no newline", "=== RUN   TestA", "zölf"] * 3 + [""]
    whole = find_lines(texts, data, 5)
    monkeypatch.setattr(recorded_pairs, "_PIECE", piece)
    assert all(map(np.array_equal, find_lines(texts, memoryview(data), 5), whole))
    assert [data[at : at + 3] for at in whole[0][:3]] == [b"one", b"\nno", b"no "]
    assert whole[0][-1] == len(data)
