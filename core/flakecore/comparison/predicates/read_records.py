"""Reads ``predicates.jsonl`` of a bundle: the events and features of each run of a hunt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson

from flakecore.bundle import Bundle, Kind
from flakecore.comparison.predicates.event import SCHEMA, RunEvent, TestRecord
from flakecore.loss import Loss

_MOST = 1 << 20
"""Events of a bundle at most; a file that names more is no record of ours."""


@dataclass(slots=True)
class RunRecords:
    """What is kept of the runs of a hunt, by the number of the attempt.

    Attributes:
        tests: by full name of the test, behind its package and a dot.
        features: of the whole run, by package and then by the id of the feature.
        damaged: lines that could not be read.
    """

    tests: dict[int, dict[str, TestRecord]] = field(default_factory=dict)
    features: dict[int, dict[str, Mapping[str, float | None]]] = field(default_factory=dict)
    damaged: int = 0


def run_records(bundle: Bundle) -> RunRecords:
    """Return what a bundle keeps of the runs of a hunt; nothing where it is none."""
    found = RunRecords()
    for artefact in bundle.of_kind(Kind.PREDICATES):
        _read(bytes(bundle.read(artefact)), found)
    return found


def record_losses(bundle: Bundle) -> tuple[Loss, ...]:
    """Return what of a hunt's records could not be read; runs that it is of count without it.

    And how many runs its manifest does not list, as those that pass beyond ten thousand.
    """
    return (*_unlisted(bundle), *_damaged(bundle))


def _unlisted(bundle: Bundle) -> Iterator[Loss]:
    manifest = bundle.manifest
    missing = manifest.runs - len(manifest.attempts) if manifest is not None else 0
    if manifest is not None and manifest.attempts and missing > 0:
        passed = "1 run that passed is" if missing == 1 else f"{missing:,} runs that passed are"
        what = f"{passed} not listed, of {manifest.runs:,}: no rate counts them"
        yield Loss("manifest.json", what)


def _damaged(bundle: Bundle) -> tuple[Loss, ...]:
    damaged = run_records(bundle).damaged
    names = ", ".join(each.name for each in bundle.of_kind(Kind.PREDICATES))
    lines = "1 line is damaged" if damaged == 1 else f"{damaged:,} lines are damaged"
    what = f"{lines}: what happened in runs that they tell of is not counted"
    return (Loss(names, what),) if damaged else ()


def _read(data: bytes, found: RunRecords) -> None:
    table: list[RunEvent] = []
    features: list[str] = []
    for at, text in enumerate(data.splitlines()):
        try:
            line = orjson.loads(text)
            if at == 0:
                if line["schema"] != SCHEMA:
                    found.damaged += 1
                    return
            elif "event" in line:
                _introduced(line["event"], table)
                table.append(RunEvent(*(str(line[name]) for name in RunEvent._fields)))
            elif "feature" in line:
                _introduced(line["feature"], features)
                features.append(str(line["id"]))
            else:
                _add(line, table, features, found)
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, OverflowError):
            found.damaged += 1


def _introduced(number: object, known: list[Any]) -> None:
    if number != len(known) or len(known) >= _MOST:
        raise ValueError(number)


def _add(
    line: Mapping[str, Any], table: list[RunEvent], features: list[str], found: RunRecords
) -> None:
    attempt, package, test = int(line["attempt"]), str(line["package"]), str(line["test"])
    if not test:
        values = {name: _number(each) for name, each in zip(features, line["features"])}  # noqa: B905
        found.features.setdefault(attempt, {})[package] = values
        return
    failed_ns = int(np.array(line["failed_ns"], np.int64))
    event = np.array(line["events"], np.int32)
    at_ns = np.array(line["at_ns"], np.int64)
    if event.shape != at_ns.shape or event.ndim != 1:
        raise ValueError(test)
    if ((event < 0) | (event >= len(table))).any():
        raise ValueError(test)
    name = f"{package}.{test}" if package else test
    record = TestRecord(table, event, at_ns, failed_ns)
    found.tests.setdefault(attempt, {})[name] = record


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
