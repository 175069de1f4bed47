"""What is kept of every run of a hunt, its evidence deleted: lines of ``predicates.jsonl``.

What the lines hold is the business of whoever makes them (``RecordRun``): this room reads no
traces. Making them takes a while; so runs that pass are noted only as long as that takes no more
than a part of the hunt's time, and failing ones always.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flakecore.collect.capture.go_test import Ran
from flakecore.errors import FlakeError

RecordRun = Callable[[Path, int], bytes]
"""Returns the lines of one run, from the folder with its evidence and its number."""

_NAME = "predicates.jsonl"
_SHARE = 0.4
_ALWAYS = 20
"""Runs that are noted however long it takes, and the part of a hunt's time that the others may
take. Chosen: a run of 30 ms with a trace of 30 kB takes 20 ms to note, on two cores of a server."""
_AT_FIRST_NS = 2 * 10**9
"""How long the first runs may take to note: one with 10 MB of output takes seconds."""
_MOST_BYTES = 64 << 20
"""Size from which on only failing runs are noted."""


@dataclass(slots=True)
class RunNotes:
    """Notes runs as they end.

    Attributes:
        root: the bundle in its unpacked layout.
        record: makes the lines; None to note nothing.
        began_ns: when the hunt began (``time.monotonic_ns``).
        noted, passed_over: runs that were noted, and passing ones that were not.
        spent_ns: what it took so far.
        trouble: why a run could not be noted, the first time; "" for none.
        nothing_ran: whether no test ran at all.
    """

    root: Path
    record: RecordRun | None
    began_ns: int
    noted: int = 0
    passed_over: int = 0
    spent_ns: int = 0
    trouble: str = ""
    nothing_ran: bool = False

    def add(self, ran: Ran) -> None:
        """Note a run, whose folder is still there."""
        if self.record is None:
            return
        began = time.monotonic_ns()
        if not ran.attempt.exit_code and self._enough(began):
            self.passed_over += 1
            return
        try:
            lines = self.record(self.root / ran.attempt.folder, ran.attempt.number)
            with (self.root / _NAME).open("ab") as file:
                file.write(lines)
            self.noted += 1
        except FlakeError as error:
            self.trouble = self.trouble or str(error)
        except OSError as error:  # a full disk
            self.trouble = self.trouble or f"they could not be written ({error.strerror})"
        self.spent_ns += time.monotonic_ns() - began

    def _enough(self, now_ns: int) -> bool:
        place = self.root / _NAME
        full = place.exists() and place.stat().st_size > _MOST_BYTES
        late = self.spent_ns > _SHARE * (now_ns - self.began_ns)
        enough = self.noted >= _ALWAYS or self.spent_ns > _AT_FIRST_NS
        return full or (late and enough)

    def missing(self) -> list[str]:
        """Return what is not noted and why, as sentences."""
        found = ["no test ran, and so they did not run again"] if self.nothing_ran else []
        if self.passed_over:
            runs = "run" if self.passed_over == 1 else "runs"
            found.append(
                f"what happened inside {self.passed_over:,} {runs} that passed: noting them"
                " would have taken too much of the hunt"
            )
        if self.trouble:
            found.append(f"what happened inside some runs: {self.trouble}")
        return found
