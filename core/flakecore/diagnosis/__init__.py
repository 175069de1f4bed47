"""Why did it fail? A case in; findings with evidence out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role, Weight
from flakecore.diagnosis.headline import headline
from flakecore.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from flakecore.diagnosis.explanation import explain, explain_passed
    from flakecore.diagnosis.objects.page_waits import (
        Counterpart,
        CounterpartWait,
        waits_at_moment,
        waits_during,
        waits_of_failure,
    )
    from flakecore.diagnosis.rules.registry import rule_ids
    from flakecore.diagnosis.waits.standstill import StateGroup, states_at
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "explanation": ("explain", "explain_passed"),
            "objects.page_waits": (
                "Counterpart",
                "CounterpartWait",
                "waits_at_moment",
                "waits_during",
                "waits_of_failure",
            ),
            "rules.registry": ("rule_ids",),
            "waits.standstill": ("StateGroup", "states_at"),
        },
    )

__all__ = [
    "Certainty",
    "Counterpart",
    "CounterpartWait",
    "Evidence",
    "Finding",
    "Place",
    "Role",
    "StateGroup",
    "Weight",
    "explain",
    "explain_passed",
    "headline",
    "rule_ids",
    "states_at",
    "waits_at_moment",
    "waits_during",
    "waits_of_failure",
]
