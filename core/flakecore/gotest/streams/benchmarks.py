"""Benchmarks, of which package testing prints figures and no result.

A line is the name with the number of procs behind it, the iterations, and values with their units
(``src/testing/benchmark.go``: processBench, BenchmarkResult.String).
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from flakecore.gotest.streams.line_search import positions_of

_FIGURES = re.compile(
    r"(Benchmark\S*?)(-\d{1,5})?\s+\d{1,18}\s+\d[\d.e+-]* ns/op(?:\s|\Z)", re.ASCII
)
_VALUES = re.compile(r"\s*\d{1,18}\s+\d[\d.e+-]* ns/op(?:\s|\Z)", re.ASCII)
_NAME = re.compile(r"(Benchmark\S*?)(-\d{1,5})?\s*\Z", re.ASCII)


def passed_benchmarks(texts: Sequence[str], known: Container[str]) -> Sequence[str]:
    """Return the names of benchmarks whose figures stand in a package's lines, once each.

    Args:
        texts: the lines.
        known: names of tests that have begun; the procs are left out of the name of any other.
    """
    names: dict[str, None] = {}
    for at in positions_of(texts, (" ns/op",)):
        found = _FIGURES.match(texts[at])
        if found is None and at and _VALUES.match(texts[at]):
            found = _NAME.match(texts[at - 1])  # it printed something between name and figures
        if found is not None:
            whole = found[1] + (found[2] or "")
            names[whole if whole in known else found[1]] = None
    return tuple(names)


def benchmark_name(text: str, known: Container[str]) -> str:
    """Return the benchmark that a line begins, alone or with its figures; "" for any other line."""
    found = _NAME.match(text) or _FIGURES.match(text)
    if found is None:
        return ""
    whole = found[1] + (found[2] or "")
    return whole if whole in known else found[1]


def without_procs(name: str, known: Container[str]) -> str:
    """Return the name in a benchmark's result line as the benchmark began."""
    if name in known or not name.startswith("Benchmark"):
        return name
    base = re.sub(r"-\d{1,5}\Z", "", name)
    return base if base in known else name
