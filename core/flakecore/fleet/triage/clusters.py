"""Failures that share a cause or a signature, over tests and packages.

Where a cause was found, that is what they share: two tests that hang on one lock print different
messages. Where none was, it is the signature: the message without what varies, its place, and the
rule of its first finding. Either is an inference (``flakecore.comparison.signature``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from flakecore.fleet.store import FleetStore
from flakecore.fleet.triage.results import TriageFilter, codes, column, is_of_package, take_rows

_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class FailurePlace:
    """Where one failure can be looked at.

    Attributes:
        bundle: the place of its bundle.
        package, attempt, test: its case and test in it.
    """

    bundle: str
    package: str
    attempt: str
    test: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """Failures that share a cause or a signature.

    Attributes:
        shared: the cause without what varies, or the signature.
        is_cause: whether it is a cause.
        failures, bundles: how many there are, and in how many bundles.
        tests: names of the tests, each behind its package and a dot, the most frequent first.
        rule, certainty: of the latest; "" without a finding.
        headline: of the latest.
        first_ns, last_ns: when the runs of the first and the latest began; 0 if unknown.
        examples: the latest of them.
    """

    shared: str
    is_cause: bool
    failures: int
    bundles: int
    tests: tuple[str, ...]
    rule: str
    certainty: str
    headline: str
    first_ns: int
    last_ns: int
    examples: tuple[FailurePlace, ...]


def clusters(store: FleetStore, chosen: TriageFilter) -> tuple[Cluster, ...]:
    """Return the clusters of the failures that a filter leaves, the largest first.

    Raises:
        FlakeError: there is no scanned fleet, or a file of it cannot be read.
    """
    names = ("content", "package", "attempt", "test", "signature", "cause", "rule", "branch")
    table = store.read("failures", (*names, "certainty", "headline", "started_unix_ns"))
    if chosen != TriageFilter():
        table = take_rows(table, np.flatnonzero(_chosen_rows(table, chosen)))
    if not table.num_rows:
        return ()
    causes, cause = codes(table, "cause")
    signatures, signature = codes(table, "signature")
    has_cause = np.array([bool(text) for text in [*causes, ""]])[cause]
    # Causes are numbered before signatures, so that no number is of both.
    key = np.where(has_cause, cause, len(causes) + signature)
    started = column(table, "started_unix_ns").astype(np.int64)
    packages, package = codes(table, "package")
    tests, test = codes(table, "test")
    _, content = codes(table, "content")
    pair = package.astype(np.int64) * len(tests) + test
    order = np.lexsort((started, key))
    edges = np.flatnonzero(np.diff(key[order], prepend=-1, append=-1))
    found = []
    for begin, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        rows = order[begin:end]
        latest = table.slice(int(rows[-1]), 1).to_pylist()[0]
        number = int(key[rows[0]])
        by_test, counts = np.unique(pair[rows], return_counts=True)
        frequent = by_test[np.argsort(-counts, kind="stable")].tolist()
        known = started[rows][started[rows] > 0]
        is_cause = number < len(causes)
        found.append(
            Cluster(
                shared=causes[number] if is_cause else signatures[number - len(causes)],
                is_cause=is_cause,
                failures=len(rows),
                bundles=len(np.unique(content[rows])),
                tests=tuple(
                    _joined(packages[each // len(tests)], tests[each % len(tests)])
                    for each in frequent
                ),
                rule=latest["rule"],
                certainty=latest["certainty"],
                headline=latest["headline"],
                first_ns=int(known.min()) if len(known) else 0,
                last_ns=int(known.max()) if len(known) else 0,
                examples=tuple(
                    FailurePlace(row["content"], row["package"], row["attempt"], row["test"])
                    for row in take_rows(table, rows[: -_EXAMPLES - 1 : -1]).to_pylist()
                ),
            )
        )
    found = _with_places(store, found)
    return tuple(sorted(found, key=lambda each: (-each.failures, each.shared)))


def _chosen_rows(table: object, chosen: TriageFilter) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    wanted = np.ones(len(codes(table, "test")[1]), np.bool_)
    for name, asked in (
        ("package", lambda text: is_of_package(text, chosen.package)),
        ("rule", lambda text: text == chosen.rule),
        ("branch", lambda text: text == chosen.branch),
        ("test", lambda text: f"{text}/".startswith(f"{chosen.test}/")),
    ):
        if getattr(chosen, name):
            texts, numbers = codes(table, name)
            wanted &= np.array([asked(text) for text in [*texts, ""]], np.bool_)[numbers]
    return wanted


def _with_places(store: FleetStore, found: list[Cluster]) -> list[Cluster]:
    """Return clusters whose examples have the place of their bundle instead of its content."""
    wanted = {example.bundle for cluster in found for example in cluster.examples}
    table = store.read("bundles", ("content", "bundle"))
    contents, content = codes(table, "content")
    bundles, bundle = codes(table, "bundle")
    asked = np.array([text in wanted for text in [*contents, ""]], np.bool_)[content]
    places = {
        contents[content[row]]: bundles[bundle[row]] for row in np.flatnonzero(asked).tolist()
    }
    return [
        replace(
            cluster,
            examples=tuple(
                replace(each, bundle=places.get(each.bundle, "")) for each in cluster.examples
            ),
        )
        for cluster in found
    ]


def _joined(package: str, test: str) -> str:
    return f"{package}.{test}" if package and test else package or test
