"""Why did it fail? A case in; findings with evidence out."""

from flakecore.diagnosis.explain import explain, explain_passed
from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role, Weight
from flakecore.diagnosis.headline import headline
from flakecore.diagnosis.objects.page_waits import (
    Counterpart,
    CounterpartWait,
    waits_at_moment,
    waits_during,
    waits_of_failure,
)
from flakecore.diagnosis.rules.registry import rule_ids
from flakecore.diagnosis.waits.standstill import StateGroup, states_at

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
