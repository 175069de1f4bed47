"""An experiment that can be made: what it is about, and the settings of its two halves."""

from __future__ import annotations

from dataclasses import dataclass

from flakecore.bundle.experiment import Experiment
from flakecore.bundle.manifest import Settings


@dataclass(frozen=True, slots=True)
class Trial:
    """An experiment that can be made.

    Attributes:
        experiment: what it is about, without counts.
        with_it, without: the settings of either half of the runs.
        file, line: the source line that a delay is put in front of; "" and 0 for none.
        delay_ns: how long that is.
    """

    experiment: Experiment
    with_it: Settings
    without: Settings
    file: str = ""
    line: int = 0
    delay_ns: int = 0
