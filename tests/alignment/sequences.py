"""Plainly constructed units and writes, for tests of the pairing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from flakecore.alignment.units import (
    OutputWrites,
    Units,
    depths,
    interruptible,
    key_of,
    shapes,
    tokens,
)
from flakecore.alignment.writers import Writer, writers_by_stack
from flakecore.gotest import NO_WALL
from flakecore.gotrace import Frame, Stack

OS_WRITE = Frame("os.(*File).Write", "/usr/local/go/src/os/file.go", 200)


def stack(*functions: str) -> Stack:
    """Return a stack from the innermost function outwards, below ``os.(*File).Write``."""
    return (OS_WRITE, *(Frame(name, _file(name), at + 10) for at, name in enumerate(functions)))


def _file(function: str) -> str:
    package = function.partition(".")[0]
    own = package == "pool"
    return "/src/pool/pool_test.go" if own else f"/usr/local/go/src/{package}/{package}.go"


PRINTLN = stack("fmt.Fprintln", "fmt.Println", "pool.TestA", "testing.tRunner")
PRINTF = stack("fmt.Fprintf", "fmt.Printf", "pool.TestA", "testing.tRunner")
LOGGER = stack("log.(*Logger).output", "log.Print", "pool.TestB", "testing.tRunner")
RUN = stack("fmt.Fprintf", "testing.(*chattyPrinter).Updatef", "testing.(*T).Run", "pool.TestA")


def units_of(lines: Sequence[str], *, foreign: Sequence[int] = ()) -> Units:
    """Return lines as units; each names test 0."""
    every = np.ones(len(lines), np.bool_)
    return Units(
        keys=[key_of(line, 0) for line in lines],
        shapes=shapes(lines),
        tokens=tokens(lines),
        depth=depths(lines),
        may_continue=every,
        ends=every,
        wall_ns=np.full(len(lines), NO_WALL, np.int64),
        foreign=np.isin(np.arange(len(lines)), foreign),
        interruptible=interruptible(lines),
    )


def writes_of(
    stacks: Sequence[Stack],
    *,
    times: Sequence[tuple[int, int]] | None = None,
    goroutines: Sequence[int] | None = None,
) -> OutputWrites:
    """Return one write for each stack, 5 ns long every 10 ns unless ``times`` says otherwise."""
    distinct = list(dict.fromkeys(stacks))
    writers: dict[int, Writer] = writers_by_stack(dict(enumerate(distinct)))
    number = np.array([distinct.index(each) for each in stacks], np.int32)
    spans = times or [(10 * at, 10 * at + 5) for at in range(len(stacks))]
    start, end = (np.array(column, np.int64) for column in zip(*spans, strict=True))
    return OutputWrites(
        start=start,
        end=end,
        latest_end=end,
        goroutine=np.array(goroutines or [1] * len(stacks), np.int64),
        stack=number,
        site=number,
        writers=writers,
        prior_class=np.array([writers[at].prior_class for at in range(len(distinct))], np.uint8),
    )
