"""Types of events, their arguments, and the header of a trace."""

from __future__ import annotations

import pytest

from flakecore.errors import TraceError
from flakecore.gotrace.format.wire import (
    HEADER_SIZE,
    STACK_ARGUMENT,
    STEPS,
    Ev,
    argument_index,
    of_types,
    read_version,
)


@pytest.mark.parametrize(("version", "size"), [(11, 16), (21, 16), (22, 16), (26, 16)])
def test_the_header_names_the_minor_version(version: int, size: int) -> None:
    assert size == HEADER_SIZE
    assert read_version(f"go 1.{version} trace".encode().ljust(size, b"\0"), name="t") == version


@pytest.mark.parametrize(
    "head", [b"", b"go 1.26 trace", b"go 1.26 trace\0\0x", b"go 2.26 trace\0\0\0", b"{" * 16]
)
def test_other_bytes_are_refused_with_the_files_name(head: bytes) -> None:
    with pytest.raises(TraceError, match="notes: not a Go execution trace"):
        read_version(head, name="notes")


def test_a_trace_of_go_1_10_is_refused_with_a_remedy() -> None:
    with pytest.raises(TraceError, match=r"record it again with Go 1\.11"):
        read_version(b"go 1.10 trace\0\0\0", name="old")


def test_an_event_takes_its_type_its_time_and_its_arguments() -> None:
    assert STEPS[Ev.GO_DESTROY] == 2
    assert STEPS[Ev.GO_BLOCK] == 4
    assert argument_index(Ev.GO_BLOCK, "stack") == STACK_ARGUMENT[Ev.GO_BLOCK] == 1
    assert argument_index(Ev.GO_DESTROY, "stack") == STACK_ARGUMENT[Ev.GO_DESTROY] == -1


def test_tables_and_batches_are_no_timed_events() -> None:
    assert [int(STEPS[each]) for each in (0, Ev.EVENT_BATCH, Ev.STRINGS, Ev.STACK)] == [0] * 4


def test_a_look_up_table_holds_only_its_types() -> None:
    table = of_types(Ev.GO_STOP, Ev.GO_START)
    assert table.nonzero()[0].tolist() == sorted((Ev.GO_STOP, Ev.GO_START))
