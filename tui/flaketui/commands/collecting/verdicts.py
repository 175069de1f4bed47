"""The sentences that ``collect`` ends with: why tests failed, and what they left behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flakecore.bundle import Bundle
    from flakecore.report import Explainer
    from flakecore.timeline import CaseEntry

_FAILING_CASES = 10
"""Cases that failed and are explained; each takes the reading of its trace."""
_CASES = 3
"""Cases of a bundle of which those that passed are looked at too."""
_LARGEST = 256 << 20
"""Bytes of a case's files up to which it is read for its sentences."""

_MOST_OUTPUT = 64 << 20
"""Bytes of test output up to which a bundle is looked into: more takes longer to read than most
tests take to run."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One sentence about a test.

    Attributes:
        package: import path.
        test: its full name; "" for the package as a whole.
        sentence: the headline of its failure, or the claim of a finding besides.
        failed: whether it is about a failure.
    """

    package: str
    test: str
    sentence: str
    failed: bool


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What is printed of a bundle.

    Attributes:
        told: the sentences.
        unread: how many packages failed besides, which were not looked into.
    """

    told: tuple[Verdict, ...] = ()
    unread: int = 0


def verdicts(bundle: Path, working: Path, failing: int) -> Verdicts:
    """Return what is found in a bundle, failures that nothing explains left out.

    Nothing is found in one with very much output: whoever opens it sees that.

    Args:
        bundle: the bundle, as ``collect`` wrote it.
        working: the folder in whose module the sources are.
        failing: how many packages are known to have failed.
    """
    # Imported here: --help and collecting itself need none of it.
    from flakecore.errors import FlakeError

    try:
        return _verdicts(bundle, working, failing)
    except FlakeError:
        return Verdicts()  # whoever opens the bundle sees what is wrong with it


def _verdicts(path: Path, working: Path, failing: int) -> Verdicts:
    from flakecore.bundle import Kind, open_bundle

    with open_bundle(path) as bundle:
        output = bundle.of_kind(Kind.TEST_JSON, Kind.TEST_TEXT)
        if sum(artefact.size for artefact in output) > _MOST_OUTPUT:
            return Verdicts(unread=failing)
        from flakecore.report import Explainer
        from flakecore.timeline import list_cases

        entries = list_cases(bundle)
        failed = [entry for entry in entries if entry.failing]
        small = [
            entry
            for entry in (failed if len(entries) > _CASES else entries)
            if sum(artefact.size for artefact in entry.artefacts) <= _LARGEST
        ][:_FAILING_CASES]
        explainer = Explainer(bundle, working)
        told = tuple(each for entry in small for each in _of_case(bundle, entry, explainer))
        return Verdicts(told, len(failed) - sum(entry.failing for entry in small))


def _of_case(bundle: Bundle, entry: CaseEntry, explainer: Explainer) -> Iterator[Verdict]:
    from flakecore.timeline import load_case

    case = load_case(bundle, entry)
    for failure in case.failures:
        if explainer.findings(case, failure):
            test = failure.test_name if failure.test >= 0 else ""
            sentence = explainer.headline(case, failure)
            yield Verdict(case.package, test, sentence, failed=True)
    for finding in explainer.passed(case).findings:
        test = case.tests[finding.test].name if finding.test >= 0 else ""
        yield Verdict(case.package, test, finding.claim, failed=False)
