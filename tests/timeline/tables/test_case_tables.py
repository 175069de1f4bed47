"""A case's tables hold everything that the case holds, and data frames take them."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest

from flakecore.bundle import open_bundle
from flakecore.gotrace import EventFilter, EventKind
from flakecore.timeline import TABLES, Case, load_cases
from program import SAMPLE
from readme_tables import documented_columns
from timeline.captures import RELEASES, Capture, capture
from toolchains import NEWEST

_BEFORE_GENERATIONS = "1.21.13"


@pytest.fixture(scope="module", params=(_BEFORE_GENERATIONS, RELEASES[0], NEWEST))
def run(request: pytest.FixtureRequest) -> Capture:
    return capture(request.param, "handover")


@pytest.fixture(scope="module")
def without_trace() -> Case:
    return capture(NEWEST, "handover", trace=False).case


def dtype_name(column: np.ndarray) -> str:
    return "text" if column.dtype.kind in "OU" else column.dtype.name


def documented(table: str) -> dict[str, str]:
    """Return each column that a table's docstring names, with its type."""
    return {name: dtype for name, dtype, _ in documented_columns(table)}


@pytest.mark.parametrize("table", TABLES)
def test_the_columns_are_those_of_the_docstring(table: str, run: Capture) -> None:
    found = getattr(run.case.tables, table)()
    assert {name: dtype_name(column) for name, column in found.items()} == documented(table)
    assert list(found) == list(documented(table))


@pytest.mark.parametrize("table", TABLES)
def test_the_columns_of_a_table_are_of_one_length(table: str, run: Capture) -> None:
    found = getattr(run.case.tables, table)()
    assert {column.shape for column in found.values()} == {(len(next(iter(found.values()))),)}
    assert len(next(iter(found.values()))) > 0


@pytest.mark.parametrize("table", TABLES)
def test_a_case_without_a_trace_has_the_same_columns(table: str, without_trace: Case) -> None:
    found = getattr(without_trace.tables, table)()
    assert {name: dtype_name(column) for name, column in found.items()} == documented(table)
    length = {"tests": len(without_trace.tests), "output": len(without_trace.output)}
    assert {len(column) for column in found.values()} == {length.get(table, 0)}


@pytest.mark.parametrize("library", ["pandas", "polars"])
@pytest.mark.parametrize("table", TABLES)
def test_a_data_frame_takes_a_table(table: str, library: str, run: Capture) -> None:
    found = getattr(run.case.tables, table)()
    frame = import_module(library).DataFrame(found)
    assert frame.shape == (len(next(iter(found.values()))), len(found))
    for name, column in found.items():
        assert frame[name].to_numpy().tolist() == column.tolist()


@pytest.mark.parametrize("table", TABLES)
def test_text_without_rows_is_text_to_a_data_frame(table: str, without_trace: Case) -> None:
    import polars  # takes 0.3 s: what collects tests does without it

    found = getattr(without_trace.tables, table)()
    schema = polars.DataFrame(found).schema
    assert [name for name, kind in documented(table).items() if kind == "text"] == [
        name for name, kind in schema.items() if kind == polars.String
    ]


def test_tests_and_output_are_those_of_the_case(run: Capture) -> None:
    case, tests, lines = run.case, run.case.tables.tests(), run.case.tables.output()
    assert tests["name"].tolist() == [test.name for test in case.tests]
    assert tests["goroutine"].tolist() == [test.goroutine for test in case.tests]
    (paused,) = run.test("TestLeft").waits
    assert tests["paused_ns"][run.test("TestLeft").index] == paused[1] - paused[0] > 0
    assert lines["text"].tolist() == [line.text for line in case.output]
    assert lines["time_ns"].tolist() == [line.time_ns for line in case.output]
    assert lines["line"].tolist() == [line.line for line in case.output]
    assert lines["known"].tolist() == [line.time_source for line in case.output]
    printed = lines["text"].tolist().index("from a goroutine of its own")
    assert tests["name"][lines["test"][printed]] == "TestLeft"


def test_goroutines_are_those_of_the_schedule(run: Capture) -> None:
    table = run.case.tables.goroutines()
    for row, number in enumerate(table["goroutine"].tolist()):
        goroutine = run.schedule.goroutine(number)
        assert goroutine is not None
        assert table["start_function"][row] == goroutine.function
        assert table["creator"][row] == goroutine.creator
        assert table["created_ns"][row] == goroutine.created_ns
        assert table["test"][row] == goroutine.test
        assert table["system"][row] == goroutine.system
        assert table["to_the_end"][row] == (goroutine.ended_ns is None)
        if goroutine.ended_ns is not None:
            assert table["ended_ns"][row] == goroutine.ended_ns
        frames = [f"{f.function} {f.file}:{f.line}" for f in goroutine.creation_stack]
        assert table["stack"][row] == "\n".join(frames)


def test_collections_are_all_those_of_the_trace(run: Capture) -> None:
    assert run.case.gc is not None
    table = run.case.tables.collections()
    spans = run.case.gc.spans(run.case.start_ns, run.case.end_ns)
    assert table["name"].tolist() == [span.name for span in spans]
    assert table["kind"].tolist() == [span.kind for span in spans]
    assert table["start_ns"].tolist() == [span.start_ns for span in spans]
    assert "cycle" in table["kind"]


def test_events_can_be_chosen(run: Capture) -> None:
    tables = run.case.tables
    everything = tables.events()
    ranges = tables.events(EventFilter(kinds=frozenset([EventKind.RANGE_BEGIN])))
    chosen = everything["event"] == "RangeBegin"
    assert ranges["name"].tolist() == everything["name"][chosen].tolist()
    assert 0 < len(ranges["name"]) < len(everything["name"])


def test_the_tables_of_the_sample_are_read_from_its_zip() -> None:
    with open_bundle(SAMPLE) as bundle:
        (case,) = load_cases(bundle)
    events = case.tables.events()
    assert case.trace is not None
    # An event of the wire may be two of the reference's.
    assert len(events["time_ns"]) >= case.trace.events
