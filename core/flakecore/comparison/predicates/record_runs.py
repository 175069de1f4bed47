"""What a hunt keeps of each of its runs: features and events, as lines of ``predicates.jsonl``.

The first line names the schema, ``{"schema": "flaketui.predicates/1"}``. An event is introduced by
``{"event": 3, "kind": …, "who": …, "what": …}`` before the first run that has it, a feature by
``{"feature": 0, "id": …}``. A test of a run is ``{"attempt", "package", "test", "failed_ns",
"events", "at_ns", "features"}``: events by number and when each happened first, in nanoseconds
since the test began; values of features in the order of their numbers, null where unknown. The
features of a whole run have an empty ``test``. Lines are only ever added, so that what a killed
process left can be read.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from flakecore.bundle import Kind, open_bundle
from flakecore.comparison.features.features_of_case import ScopeFeatures, case_features
from flakecore.comparison.predicates.case_events import TestEvents, case_events
from flakecore.comparison.predicates.event import SCHEMA, RunEvent
from flakecore.timeline import Case, list_cases, load_case

_KINDS = {Kind.TRACE, Kind.WRITES, Kind.OUTPUT}
_FILES = ("test.json", "trace.out", "writes", "output")
"""What events and features come from: dumps, pages and profiles are not looked at."""
_DIGITS = 6
"""Digits of a feature that are kept: its differences between runs are far larger."""


def _evidence(folder: Path) -> list[Path]:
    """Return the files of a run of one package that are needed, or else its whole folder.

    What the others hold would have to be recognised by their content, a fifth of the time.
    """
    files = [
        Path(place) / name
        for place, _, names in os.walk(folder)
        for name in names
        if name in _FILES
    ]
    return files if len({each.name for each in files}) == len(files) > 0 else [folder]


class RunRecorder:
    """Turns the evidence of one run after another into lines."""

    def __init__(self) -> None:
        """Begin with no run: the first lines name the schema."""
        self._events: dict[RunEvent, int] = {}
        self._features: dict[str, int] = {}
        self._begun = False

    def __call__(self, folder: Path, attempt: int) -> bytes:
        """Return the lines of one run.

        Args:
            folder: its evidence: test output and traces, as ``collect`` leaves them.
            attempt: its number.

        Raises:
            FlakeError: nothing in the folder can be read.
        """
        lines: list[Mapping[str, Any]] = [] if self._begun else [{"schema": SCHEMA}]
        with open_bundle(*_evidence(folder)) as bundle:
            for entry in list_cases(bundle):
                wanted = tuple(each for each in entry.artefacts if each.kind in _KINDS)
                case = load_case(bundle, replace(entry, artefacts=wanted), totals=True)
                lines += self._of_case(case, attempt)
        self._begun = True
        return b"".join(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in lines)

    def _of_case(self, case: Case, attempt: int) -> Iterator[Mapping[str, Any]]:
        features = {row.test: row for row in case_features(case)}
        of_run = TestEvents(-1, -1, {})
        for each in (of_run, *case_events(case)):
            values: list[float | None] = []
            yield from self._numbered(features[each.test], values)
            numbers = []
            for event in each.first_ns:
                number = self._events.get(event)
                if number is None:
                    number = self._events[event] = len(self._events)
                    yield {"event": number, **event._asdict()}
                numbers.append(number)
            yield {
                "attempt": attempt,
                "package": case.package,
                "test": case.tests[each.test].name if each.test >= 0 else "",
                "failed_ns": each.failed_ns,
                "events": numbers,
                "at_ns": list(each.first_ns.values()),
                "features": values,
            }

    def _numbered(
        self, features: ScopeFeatures, values: list[float | None]
    ) -> Iterator[Mapping[str, Any]]:
        """Put values at the places of their features; yield the lines of new ones."""
        for name, value in features.values.items():
            number = self._features.get(name)
            if number is None:
                number = self._features[name] = len(self._features)
                yield {"feature": number, "id": name}
            values += [None] * (number + 1 - len(values))
            values[number] = float(f"{value:.{_DIGITS}g}") if value is not None else None
