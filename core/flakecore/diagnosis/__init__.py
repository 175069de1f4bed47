"""Why did it fail? A case in; findings with evidence out."""

from flakecore.diagnosis.explain import explain
from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role, Weight
from flakecore.diagnosis.standstill import GoroutineGroup, states_at

__all__ = [
    "Certainty",
    "Evidence",
    "Finding",
    "GoroutineGroup",
    "Place",
    "Role",
    "Weight",
    "explain",
    "states_at",
]
