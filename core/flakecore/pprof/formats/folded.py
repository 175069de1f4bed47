"""Folded stacks: one line a stack, ``root;caller;callee 42``, as flame graph tools read them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from flakecore.pprof.aggregation.nodes import Nodes
from flakecore.pprof.stack_columns import Ints, StackColumns


def folded(stacks: StackColumns, values: Ints, nodes: Nodes) -> Iterator[str]:
    """Yield a line for each stack of a value other than 0, outermost call first.

    A semicolon in a name becomes a colon, for it would end the name.
    """
    names = [name.replace(";", ":") for name in nodes.names]
    offsets = stacks.offsets
    for stack in np.flatnonzero(values).tolist():
        frames = stacks.frame[offsets[stack] : offsets[stack + 1]][::-1]
        calls = ";".join(names[node] for node in nodes.of_frame[frames].tolist())
        yield f"{calls or '(no stack)'} {values[stack]}"
