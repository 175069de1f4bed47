"""The command that runs tests again in the order in which they ran."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flakecore.gotest.run_flag import run_flag
from flakecore.timeline import Case

_SEED = re.compile(r"-test\.shuffle (\d{1,20})\s*")
_FIRST_LINES = 200
"""Lines of output among which package testing names the seed of the order; it comes first."""


def shuffle_seed(case: Case) -> str:
    """Return the seed of the order of a case's tests; "" where they ran in their own."""
    lines = (case.output[at].text for at in range(min(len(case.output), _FIRST_LINES)))
    return next((found[1] for line in lines if (found := _SEED.fullmatch(line))), "")


def replay_of(case: Case, before: Sequence[str], test: str) -> str:
    """Return how to see whether tests that ran before make another one fail.

    Args:
        case: in which they ran.
        before: names of top-level tests.
        test: the failing test.
    """
    alone = test.partition("/")[0]
    seed = shuffle_seed(case)
    order = f" -shuffle={seed}" if seed else ""
    with_them = f"go test{order} -count=1 {run_flag(*before, alone)}"
    return f"compare {with_them} with {run_flag(alone)}"
