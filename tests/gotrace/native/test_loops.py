"""The compiled loops give what the columns give, on sound traces and on damaged ones."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flakecore.errors import TraceError
from flakecore.gotrace.events.context import bind, read_statuses
from flakecore.gotrace.events.decode_events import decode_events
from flakecore.gotrace.events.lazy_context import LazyContext
from flakecore.gotrace.format.batch_index import index_trace
from flakecore.gotrace.format.stacks import StackTable
from flakecore.gotrace.format.table_remap import TableRemap
from flakecore.gotrace.format.tables import read_stacks, read_strings
from flakecore.gotrace.format.varint import numbers_behind
from flakecore.gotrace.format.wire import Ev, GoStatus, ProcStatus
from flakecore.gotrace.generation import read_generation
from flakecore.gotrace.intervals.build_intervals import build_goroutines, build_procs, build_threads
from flakecore.gotrace.intervals.generation_cache import LaneType
from flakecore.gotrace.intervals.generation_intervals import GenerationIntervals
from flakecore.gotrace.intervals.states import State
from flakecore.gotrace.native import (
    column_ranges,
    event_reader,
    generation_totals,
    interval_sums,
    native_intervals,
    state_changes,
    thread_context,
)
from flakecore.gotrace.native.library import Events, NativeClock, trace_loops
from flakecore.gotrace.trace_file import TraceFile
from flakecore.native_build import library_name, make_library, sources
from gotrace.damage import DAMAGED
from gotrace.recordings import FORMATS, trace_file
from gotrace.text_form import varint
from thoroughness import examples
from toolchains import c_compiler

FOLDER = Path(thread_context.__file__).parent
_MODULES = (
    thread_context,
    state_changes,
    native_intervals,
    column_ranges,
    event_reader,
    generation_totals,
)


@pytest.fixture(scope="module", autouse=True)
def _loops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The library that was installed; where there was no compiler, one made with a fetched one."""
    if trace_loops() is not None:
        yield
        return
    made = make_library(FOLDER, tmp_path_factory.mktemp("kernel"), [c_compiler()["CC"]])
    assert made is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("flakecore.native_build.library_name", lambda _: made)
        trace_loops.cache_clear()
        assert trace_loops() is not None
        yield
    trace_loops.cache_clear()


@contextmanager
def _columns_only() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for module in _MODULES:
            patch.setattr(module, "trace_loops", lambda: None)
        yield


def _same(ours: Any, theirs: Any, where: str = "") -> None:
    """Assert that two things made of dataclasses, tuples and columns hold the same."""
    if isinstance(ours, GenerationIntervals):
        ours, theirs = (
            replace(each, thread=each.thread_numbers(each.thread), threads=None)
            for each in (ours, theirs)
        )
    if is_dataclass(ours):
        for field in fields(ours):
            _same(getattr(ours, field.name), getattr(theirs, field.name), f"{where}.{field.name}")
    elif isinstance(ours, tuple):
        assert len(ours) == len(theirs), where
        for nth, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            _same(one, other, f"{where}[{nth}]")
    elif isinstance(ours, np.ndarray):
        np.testing.assert_array_equal(ours, theirs, where)
    else:
        assert ours == theirs, where


def _read(data: bytes) -> list[object]:
    """Return all that is kept of each generation of a trace, and what leads to it."""
    view = memoryview(data)
    try:
        file = TraceFile(view, name="trace")
    except TraceError as error:
        return [str(error)]
    found: list[object] = []
    for index in index_trace(view, name="trace").generations:
        clock = file._clock
        events, losses = decode_events(view, index, name="trace")
        ticks = index.start_tick, int(events.tick.max(initial=index.start_tick))
        extent = clock.one_to_ns(ticks[0]), clock.one_to_ns(ticks[1])
        statuses = read_statuses(events)
        context = LazyContext(events, statuses)
        strings, _ = read_strings(view, index, name="trace")
        stacks, _ = read_stacks(view, index, name="trace")
        remap = TableRemap(StackTable(), strings, stacks)
        found += [
            (events.type, events.tick, events.threads, events.streams, losses),
            bind(events, statuses),
            context.at(events.rare_rows),
            context.losses("here"),
            build_goroutines(context, clock, extent, remap),
            build_procs(context, clock, extent, remap),
            build_threads(context, clock, extent, remap),
        ]
        summary, lanes = read_generation(
            view, index, clock, name="trace", target=remap, totals=True
        )
        assert lanes is not None
        found += [summary, *(lanes[each] for each in LaneType)]
    return found


def _both_agree(data: bytes) -> None:
    ours = _read(data)
    with _columns_only():
        theirs = _read(data)
    _same(tuple(ours), tuple(theirs))


@pytest.mark.parametrize("release", FORMATS)
def test_loops_and_columns_agree_on_every_kind_of_event(release: str) -> None:
    _both_agree(trace_file(release).read_bytes())


@pytest.mark.needs_go
@settings(max_examples=examples(150), suppress_health_check=[HealthCheck.too_slow])
@given(DAMAGED)
def test_loops_and_columns_agree_on_damaged_traces(data: bytes) -> None:
    _both_agree(data)


@given(
    numbers=st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 300), min_size=1),
    skipped=st.integers(0, 3),
)
def test_loops_and_columns_read_the_same_numbers(numbers: list[int], skipped: int) -> None:
    encoded = [varint(number) for number in numbers + [0] * skipped]
    buffer = np.frombuffer(b"".join(encoded), np.uint8)
    at = np.cumsum([0, *map(len, encoded)])[: len(numbers)].astype(np.int32)
    ours = numbers_behind(buffer, at, skipped)
    with _columns_only():
        theirs = numbers_behind(buffer, at, skipped)
    assert (ours.tolist(), ours.dtype) == (theirs.tolist(), theirs.dtype)
    expected = (numbers + [0] * skipped)[skipped:]
    assert [each % 2**64 for each in ours.tolist()] == expected[: len(numbers)]


def test_the_formats_numbers_are_those_of_the_library() -> None:
    text = (FOLDER / "native.h").read_text()
    written = re.findall(r"\b([A-Z]\w+) = (\d+)", text)
    enums = {"EV": Ev, "GO": GoStatus, "PROC": ProcStatus, "STATE": State}
    for name, number in written:
        prefix, _, rest = name.partition("_")
        assert enums[prefix][rest] == int(number), name
    assert len(written) > 30


@pytest.mark.parametrize(
    ("structure", "name", "file"),
    [
        (Events, "events", "native.h"),
        (thread_context.BoundColumns, "context", "thread_context.c"),
        (NativeClock, "clock", "native.h"),
        (state_changes.ChangeColumns, "changes", "changes.h"),
        (native_intervals.NativeIntervals, "intervals", "intervals.h"),
        (interval_sums.NativeSums, "sums", "interval_sums.c"),
        (generation_totals.CountedRows, "counted", "generation_totals.c"),
        (generation_totals.Counting, "counting", "generation_totals.c"),
        (generation_totals.TotalColumns, "totals", "generation_totals.c"),
    ],
)
def test_structures_have_the_same_fields_on_both_sides(
    structure: type[ctypes.Structure], name: str, file: str
) -> None:
    body = re.search(rf"struct {name} {{(.*?)}};", (FOLDER / file).read_text(), re.DOTALL)
    assert body is not None
    declared = re.sub(r"/\*.*?\*/", "", body[1])
    types = {"int64_t": ctypes.c_int64, "int32_t": ctypes.c_int32}
    found = [
        (field, ctypes.c_void_p if star else types[kind])
        for kind, names in re.findall(r"(?:const )?(\w+) ([^;]+);", declared)
        for star, field in re.findall(r"(\*?)(\w+)", names)
    ]
    assert [tuple(field) for field in structure._fields_] == found


def test_a_library_made_from_other_sources_is_never_loaded(tmp_path: Path) -> None:
    for path in sources(FOLDER):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    assert library_name(tmp_path) == library_name(FOLDER)
    with (tmp_path / "event_reader.c").open("a") as file:
        file.write("\n")
    assert library_name(tmp_path) != library_name(FOLDER)


def test_without_a_compiler_there_is_no_library(tmp_path: Path) -> None:
    assert make_library(FOLDER, tmp_path, ["no-such-compiler", "false"]) is None
    assert not list(tmp_path.iterdir())


CHECKED = """
import random, sys, threading, time
import numpy as np
from pathlib import Path
from flakecore import native_build
native_build.library_name = lambda _: Path(sys.argv[1])
from flakecore.gotrace.native.library import trace_loops
assert trace_loops()._name == sys.argv[1]
from flakecore.gotrace import TraceFile
from flakecore.gotrace.events.context import read_statuses
from flakecore.gotrace.events.decode_events import decode_events
from flakecore.gotrace.native import state_changes, thread_context
from flakecore.gotrace.events.lazy_context import LazyContext
from gotrace.damage import WAYS, damaged
from gotrace.recordings import FORMATS, small_trace
from gotrace.test_fuzzed import events_of

for seed in range(300):
    choose = random.Random(seed)
    ways = [choose.choice(WAYS) for _ in range(choose.randint(1, 3))]
    events_of(damaged(choose.choice(FORMATS), ways, choose.random() < 0.5, seed))

# A file that somebody writes to while it is read.
for release in FORMATS:
    whole = small_trace(release)
    changing_file = bytearray(whole)
    file = TraceFile(memoryview(whole), name="trace")
    index, clock = file._index.generations[0], file._clock
    over = threading.Event()

    def scribble():
        bytes_ = np.frombuffer(changing_file, np.uint8)
        choose = np.random.default_rng(1)
        while not over.is_set():
            places = choose.integers(16, len(bytes_), 200)
            bytes_[places] ^= choose.integers(0, 256, 200, np.uint8)
            time.sleep(0)
            bytes_[:] = np.frombuffer(whole, np.uint8)

    thread = threading.Thread(target=scribble)
    thread.start()
    until = time.monotonic() + 3
    while time.monotonic() < until:
        events, _ = decode_events(memoryview(changing_file), index, name="trace")
        context = LazyContext(events, read_statuses(events))
        if context.native is not None:
            for changes in (state_changes.goroutine_changes, state_changes.proc_changes):
                found = changes(context.native, clock, (0, 1_000_000_000))
                if found is not None and found.reason is not None:
                    columns = found.state, found.reason, found.stack
                    state_changes.set_wait_states(*columns, lambda *_: 16)
            state_changes.thread_changes(context.native, clock, (0, 1_000_000_000))
    over.set()
    thread.join()
"""


@pytest.mark.slow
def test_no_damage_makes_a_loop_touch_what_is_not_its_own(tmp_path: Path) -> None:
    """With every read and write checked, and all that C leaves undefined."""
    gcc = shutil.which("gcc")
    assert gcc is not None, "gcc is needed, with its sanitizers"
    made = make_library(
        FOLDER, tmp_path, [gcc], ["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    )
    assert made is not None
    ask = [gcc, "-print-file-name=libasan.so"]
    preload = subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip()
    environment = {
        **os.environ,
        "LD_PRELOAD": preload,
        "ASAN_OPTIONS": "detect_leaks=0",
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "PYTHONMALLOC": "malloc",
    }
    ended = subprocess.run(
        [sys.executable, "-c", CHECKED, str(made)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-4000:]
