"""Why did it fail? A case in; findings with evidence out."""

from flakecore.diagnosis.explain import explain
from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role, Weight
from flakecore.diagnosis.standstill import Doing, doing_at

__all__ = [
    "Certainty",
    "Doing",
    "Evidence",
    "Finding",
    "Place",
    "Role",
    "Weight",
    "doing_at",
    "explain",
]
