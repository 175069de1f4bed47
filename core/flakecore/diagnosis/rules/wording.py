"""How claims are worded: the longest version that fits a headline, names and lists."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flakecore.diagnosis.findings import CLAIM_LIMIT

LOOK_UNDER_THE_LOCK = "change what is waited for under the lock, and check it in a loop around Wait"
ONE_OR_ALL = "call Broadcast, which wakes all who wait: a Signal wakes one"
_ONE_DIGIT = re.compile(r"\bG\d\b")


def first_that_fits(*claims: str) -> str:
    """Return the first claim that is short enough, or else the last one, cut."""
    fitting = (each for each in claims if _length(each) <= CLAIM_LIMIT)
    return next(
        fitting,
        f"{claims[-1][: CLAIM_LIMIT - 1]}…" if len(claims[-1]) > CLAIM_LIMIT else claims[-1],
    )


def _length(claim: str) -> int:
    """Return how long a claim is, a goroutine's number of one digit counted as two.

    Which version is reported then does not depend on how many goroutines there were before.
    """
    return len(claim) + len(_ONE_DIGIT.findall(claim))


def names(numbers: Sequence[int]) -> str:
    """Return goroutines for a person: ``G1``, ``G1 and G2``, ``G1, G2 and 3 more``."""
    shown = [f"G{number}" for number in numbers]
    if len(shown) > 3:
        return f"{', '.join(shown[:2])} and {len(shown) - 2} more"
    if len(shown) <= 1:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} and {shown[-1]}"
