"""When a process was ended by ``os.Exit`` in the midst of its tests, by its trace."""

from __future__ import annotations

import numpy as np

from flakecore.gotrace import Trace, is_waiting

_EXIT = "os.Exit"


def exit_ns(trace: Trace, otherwise: int) -> int:
    """Return the last moment at which a goroutine ran that called ``os.Exit`` then, in ns.

    What ``collect`` built into the test binary makes it wait there until everything is written.

    Args:
        trace: the trace.
        otherwise: what to return where none waits there.
    """
    crossing = trace.goroutines.crossing.columns
    rows = np.flatnonzero(crossing.last & is_waiting(crossing.state))
    stacks = np.unique(crossing.stack[rows]).tolist()
    exits = [
        each
        for each in stacks
        if any(frame.function == _EXIT for frame in trace.table.stack(int(each)))
    ]
    began = crossing.start[rows][np.isin(crossing.stack[rows], exits)]
    return int(began.min()) - 1 if len(began) else otherwise
