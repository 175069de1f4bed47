"""A baseline: findings that are known and accepted, so that CI reports new ones alone.

A finding is known by its package, its rule and the functions of its places. Lines, times and
goroutine numbers are left out: they differ from one revision and run to the next. So do the numbers
that the compiler gives to closures, ``First.func1``: another closure before it makes it ``func2``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import orjson

from flakecore.diagnosis import Finding
from flakecore.errors import FlakeError

SCHEMA = "flaketui.baseline/1"
_LARGEST = 64 << 20
"""Bytes of a baseline that is still read."""

_CLOSURE = re.compile(r"(?<=[.-])(func|gowrap|deferwrap|range)\d+(?:\.\d+)*")
"""The numbers of a closure in the name of its function (``cmd/compile/internal/ir``,
``closureName``)."""

Key = tuple[str, str, tuple[str, ...]]
"""Package, rule, and role and function of each place."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The findings of a baseline, by what they are known by."""

    keys: frozenset[Key] = frozenset()

    def known(self, keys: Iterable[Key]) -> frozenset[Key]:
        """Return which findings of one case are known.

        A closure that has another number is taken for one that the baseline has under its own, as
        long as the case has no more of such findings than the baseline: the one too many is new.

        Args:
            keys: what the findings of the case are known by, in their order.
        """
        every = tuple(dict.fromkeys(keys))
        exact = [key for key in every if key in self.keys]
        left = Counter(map(_without_numbers, self.keys))
        left.subtract(map(_without_numbers, exact))
        found = set(exact)
        for key in every:
            alike = _without_numbers(key)
            if key not in found and left[alike] > 0:
                left[alike] -= 1
                found.add(key)
        return frozenset(found)


def _without_numbers(key: Key) -> Key:
    """Return a key without the numbers of closures."""
    package, rule, places = key
    return package, rule, tuple(sorted(_CLOSURE.sub(r"\1", place) for place in places))


def finding_key(package: str, finding: Finding) -> Key:
    """Return what a finding is known by from one run to the next."""
    places = {f"{place.role} {place.function}" for place in finding.places if place.function}
    return package, finding.rule, tuple(sorted(places))


def read_baseline(path: Path) -> Baseline:
    """Read a baseline.

    Raises:
        FlakeError: if the file cannot be read or holds something else.
    """
    remedy = "write one with: flaketui report --baseline FILE --write-baseline"
    try:
        if path.stat().st_size > _LARGEST:
            raise FlakeError(f"{path} is too large for a baseline", remedy=remedy)
        data = path.read_bytes()
    except OSError as error:
        why = error.strerror or "it cannot be read"
        raise FlakeError(f"{path}: {why}", remedy=remedy) from error
    try:
        document = orjson.loads(data)
        if document["schema"] != SCHEMA:
            raise FlakeError(f"{path} is no baseline that this version reads", remedy=remedy)
        keys = [
            (str(each["package"]), str(each["rule"]), tuple(str(p) for p in each["places"]))
            for each in document["findings"]
        ]
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise FlakeError(f"{path} is no baseline", remedy=remedy) from error
    return Baseline(frozenset(keys))


def encode_baseline(findings: Iterable[tuple[str, Finding]]) -> bytes:
    """Return findings, each with its package, as a baseline; its order does not depend on theirs.

    The claim is written with each for the people who read it, and not compared.
    """
    entries = {finding_key(package, finding): finding for package, finding in findings}
    document = {
        "schema": SCHEMA,
        "findings": [
            {"package": key[0], "rule": key[1], "places": key[2], "claim": entries[key].claim}
            for key in sorted(entries)
        ],
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
