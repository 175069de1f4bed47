"""A paragraph of the Why pane, and where it leads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flakecore.diagnosis import Evidence
from flaketui.panes.paragraph_pane import Paragraph
from flaketui.view.viewport import Viewport

Leads = Callable[[Viewport], Viewport]
"""Returns the viewport after a row was chosen."""


@dataclass(frozen=True, slots=True)
class WhyRow(Paragraph):
    """A paragraph of the pane.

    Attributes:
        finding: index of the finding that it belongs to; -1 for none.
        evidence: what it leads to; None for what leads nowhere.
        is_claim: whether it is a finding's claim, which chooses the finding.
        leads: where it leads besides evidence; None for nowhere.
    """

    finding: int = -1
    evidence: Evidence | None = None
    is_claim: bool = False
    leads: Leads | None = None

    @property
    def can_be_chosen(self) -> bool:
        """Whether the keys stop on it."""
        return self.is_claim or self.evidence is not None or self.leads is not None
