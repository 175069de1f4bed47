"""The sentences that ``collect`` ends with: why tests failed, and what they left behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flakecore.bundle import Bundle
    from flakecore.diagnosis import Finding
    from flakecore.report import Baseline, Explainer
    from flakecore.timeline import Case, CaseEntry

_FAILING_CASES = 10
"""Cases that failed and are explained; each takes the reading of its trace."""
_CASES = 3
"""Cases of a bundle of which those that passed are looked at too, whatever there is of them."""
_LEFT_BEHIND = 10
"""Cases that passed and are looked at in a bundle of more, as goroutines were left in them."""
_LARGEST = 256 << 20
"""Bytes of a case's files up to which it is read for its sentences."""

_MESSAGE_LINES = 6
"""Lines of a failure's message that are kept."""
_MOST_OUTPUT = 64 << 20
"""Bytes of test output up to which a bundle is looked into: more takes longer to read than most
tests take to run."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One sentence about a test.

    Attributes:
        package: import path.
        test: its full name; "" for the package as a whole.
        sentence: the headline of its failure, or the claim of a finding besides, and in brackets
            how it is known where it is not seen.
        failed: whether it is about a failure.
        known_by: what it has in common with sentences alike of other runs, whose goroutines and
            times are others; empty where no finding explains it.
        places: files, as the evidence has them, and lines that it names, the first one first.
        next: how to be sure, or to see more; "" for nothing.
        message: first lines of the test's own message on its failure.
    """

    package: str
    test: str
    sentence: str
    failed: bool
    known_by: tuple[object, ...] = ()
    places: tuple[tuple[str, int], ...] = ()
    next: str = ""
    message: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What is printed of a bundle.

    Attributes:
        shown: the sentences.
        unread: how many packages failed besides, which were not looked into.
    """

    shown: tuple[Verdict, ...] = ()
    unread: int = 0


def verdicts(
    bundle: Path, working: Path, failing: int, baseline: Baseline | None = None
) -> Verdicts:
    """Return what is found in a bundle, failures that nothing explains left out.

    A package that was not built has the compiler's first error.

    Nothing is found in one with very much output: whoever opens it sees that.

    Args:
        bundle: the bundle, as ``collect`` wrote it.
        working: the folder in whose module the sources are.
        failing: how many packages are known to have failed.
        baseline: findings besides failures that are known, and left out.
    """
    # Imported here: --help and collecting itself need none of it.
    from flakecore.errors import FlakeError

    try:
        return _verdicts(bundle, working, failing, baseline)
    except FlakeError:
        return Verdicts()  # whoever opens the bundle sees what is wrong with it


def _verdicts(path: Path, working: Path, failing: int, baseline: Baseline | None) -> Verdicts:
    from flakecore.bundle import Kind, open_bundle

    with open_bundle(path) as bundle:
        output = bundle.of_kind(Kind.TEST_JSON, Kind.TEST_TEXT)
        if sum(artefact.size for artefact in output) > _MOST_OUTPUT:
            return Verdicts(unread=failing)
        from flakecore.report import Explainer
        from flakecore.timeline import list_cases

        entries = list_cases(bundle)
        failed = [entry for entry in entries if entry.failing]
        read = [entry for entry in failed if _is_small(entry)][:_FAILING_CASES]
        passed = [entry for entry in entries if not entry.failing and _is_small(entry)]
        if len(entries) > _CASES:
            left = (entry for entry in passed if _has_goroutines(entry))
            passed = list(islice(left, _LEFT_BEHIND))
        explainer = Explainer(bundle, working, baseline)
        distinct = tuple(
            each for entry in (*read, *passed) for each in _of_case(bundle, entry, explainer)
        )
        return Verdicts(distinct, len(failed) - len(read))


def _is_small(entry: CaseEntry) -> bool:
    return sum(artefact.size for artefact in entry.artefacts) <= _LARGEST


def _has_goroutines(entry: CaseEntry) -> bool:
    """Return whether stacks of goroutines were written: ``collect`` does so if some are left."""
    from flakecore.bundle import Kind

    return any(artefact.kind is Kind.GOROUTINES for artefact in entry.artefacts)


def _of_case(bundle: Bundle, entry: CaseEntry, explainer: Explainer) -> Iterator[Verdict]:
    from flakecore.timeline import FailureKind, load_case

    case = load_case(bundle, entry)
    for failure in case.failures:
        test = failure.test_name if failure.test >= 0 else ""
        finding = explainer.leading(case, failure)
        if finding is not None:
            sentence = explainer.headline(case, failure)
            found = _verdict(case, test, sentence, finding, failed=True)
            yield replace(found, message=tuple(failure.message.splitlines()[:_MESSAGE_LINES]))
        elif failure.kind is FailureKind.BUILD:
            yield Verdict(case.package, test, explainer.headline(case, failure), failed=True)
    for finding in explainer.passed(case).findings:
        test = case.tests[finding.test].name if finding.test >= 0 else ""
        yield _verdict(case, test, finding.claim, finding, failed=False)


def _verdict(case: Case, test: str, sentence: str, finding: Finding, *, failed: bool) -> Verdict:
    from flakecore.report.baseline import finding_key
    from flakecore.report.text.finding_text import certainty_mark

    return Verdict(
        case.package,
        test,
        sentence + certainty_mark(finding),
        failed,
        known_by=(test, *finding_key(case.package, finding)),
        places=tuple(dict.fromkeys((each.file, each.line) for each in finding.places if each.file)),
        next=finding.next,
    )
