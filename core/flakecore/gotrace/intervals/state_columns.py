"""The columns that transitions and intervals of lanes share: a state, its cause, what was bound."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.format.varint import IntColumn


@dataclass(frozen=True, slots=True)
class StateColumns:
    """What a lane was in, a row for each time that it changed; every column (n,).

    Attributes:
        state: uint8, ``State``.
        reason: string number of the runtime's reason for entering the state; 0 for none.
        stack: stack number of the event that began it, on the lane or on the actor; 0 for none.
        actor: goroutine on which that event happened; -1 for none.
        goroutine, proc, thread: what was bound to the lane; -1 for none.
    """

    state: NDArray[np.uint8]
    reason: IntColumn
    stack: IntColumn
    actor: IntColumn
    goroutine: IntColumn
    proc: IntColumn
    thread: IntColumn
