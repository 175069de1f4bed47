"""What is chosen on the triage screen: it outlives the screen while a bundle is looked at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class ScreenState:
    """What is chosen.

    Attributes:
        clusters: whether clusters are listed, and not tests.
        row: index of the chosen row.
        other_row: index of the row that is chosen in the other list.
        notice: what is to be shown in the bottom line once; "" for nothing.
    """

    clusters: bool = False
    row: int = 0
    other_row: int = 0
    notice: str = ""

    def turn(self) -> None:
        """Go to the other list, and to the row that was chosen there."""
        self.clusters = not self.clusters
        self.row, self.other_row = self.other_row, self.row

    def forget(self) -> None:
        """Choose the first row of both lists, as these are others now."""
        self.row = self.other_row = 0
