"""The rows of one bundle: its runs, tests, failures, findings, conditions and features.

Cases are read one after another, so that no more than one trace is in memory.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flakecore.bundle import Attempt, Bundle, Manifest
from flakecore.comparison import (
    Run,
    case_features,
    conditions_of,
    recorded_runs,
    signature_of,
    time_limit_ns,
    with_runs,
    without_varying,
)
from flakecore.diagnosis import Finding, Weight, explain, explain_passed, headline
from flakecore.gotest import PackageRun
from flakecore.timeline import Case, CaseEntry, Failure, TestStatus, list_cases, load_case
from flakecore.timeline.sources import Sources, bundled_sources

_REVISION = 12
_LONGEST = 1000
"""Characters of a name or a sentence that are kept: all of them are read as one line."""

Row = dict[str, Any]


class BundleRows:
    """Collects the rows of a bundle."""

    def __init__(self, bundle: Bundle, content: str) -> None:
        """Take an open bundle.

        Args:
            bundle: the bundle.
            content: the hash of its bytes.
        """
        self._bundle = bundle
        self._content = content
        self._tables: defaultdict[str, list[Row]] = defaultdict(list)

    def rows(self) -> dict[str, list[Row]]:
        """Return the rows of all tables but ``bundles``, by table; that has ``summary``."""
        bundle, manifest = self._bundle, self._bundle.manifest
        entries = list_cases(bundle)
        attempts = _attempts(manifest, entries)
        numbers = {folder: attempt.number for folder, attempt in attempts.items()}
        several = len(attempts) > 1
        runs = tuple(entry.run for entry in entries if entry.run is not None) if several else ()
        context = _Context(bundle, runs)
        for entry in entries:
            number = numbers[_folder(manifest, entry)]
            when = _when(manifest, attempts[_folder(manifest, entry)])
            drawn = attempts[_folder(manifest, entry)].drawn
            self._add_case(entry, number, {**when, "drawn": drawn}, context)
        failed = {row["run"] for row in self._tables["tests"] if row["failed"]}
        with_result = {numbers[_folder(manifest, entry)] for entry in entries if entry.has_result}
        recorded = manifest is not None and bool(manifest.attempts)
        for attempt in attempts.values():
            if not recorded and attempt.number not in with_result:
                continue  # a trace or a text alone shows neither that it passed nor that it failed
            self._add_run(attempt, manifest, seen_to_fail=attempt.number in failed)
        self._add_passes_not_kept(manifest)
        return self._tables

    def summary(self) -> Row:
        """Return the bundle's own row, but for its place; after ``rows``."""
        manifest = self._bundle.manifest or Manifest()
        first = manifest.attempts[0] if manifest.attempts else Attempt()
        cases = {(row["run"], row["package"], row["attempt"]) for row in self._tables["tests"]}
        return {
            "content": self._content,
            "go": manifest.go,
            "ci": manifest.host.ci,
            **_when(manifest, first),
            "runs": len(self._tables["runs"]),
            "cases": len(cases),
            "losses": len(self._bundle.losses),
            "problem": "",
        }

    def _add_case(self, entry: CaseEntry, run: int, of_run: Row, context: _Context) -> None:
        when = {name: value for name, value in of_run.items() if name != "drawn"}
        case = load_case(self._bundle, entry, totals=True)
        key: Row = {
            "content": self._content,
            "run": run,
            "package": _cut(case.package),
            "attempt": _cut(case.attempt),
        }
        rules: dict[int, str] = {}
        sources = context.sources_of(case)
        recorded = context.recorded
        for failure in case.failures:
            found = explain(case, failure, sources, self._bundle.manifest, None, context.runs)
            found = with_runs(found, case, failure, recorded)
            row = {**_failure(case, failure, found), **when}
            rules.setdefault(failure.test, row["rule"])
            self._tables["failures"].append({**key, **row})
            self._tables["findings"] += (
                {**key, **_finding(case, each, failure.index)} for each in found
            )
        self._tables["tests"] += ({**key, **row, **of_run} for row in _tests(case, entry, rules))
        besides = explain_passed(case, sources)
        self._tables["findings"] += ({**key, **_finding(case, each, -1)} for each in besides)
        self._tables["features"] += (
            {**key, "test": _cut(scope.name), "feature": name, "value": float(value)}
            for scope in case_features(case, context.limit_ns)
            for name, value in scope.values.items()
            if value is not None
        )

    def _add_run(self, attempt: Attempt, manifest: Manifest | None, *, seen_to_fail: bool) -> None:
        """Add a run, its conditions, and what failed in it if its evidence was not kept."""
        when = _when(manifest, attempt)
        recorded = manifest is not None and bool(manifest.attempts)
        self._tables["runs"].append(
            {
                "content": self._content,
                "run": attempt.number,
                **when,
                "duration_ns": attempt.duration_ns or None,
                "passed": attempt.exit_code == 0 if recorded else not seen_to_fail,
                "kept": attempt.kept,
                "drawn": attempt.drawn,
            }
        )
        for name, value in conditions_of(manifest, attempt).items() if manifest else ():
            number = value if isinstance(value, float) else None
            text = _cut(value) if isinstance(value, str) else None
            key = {"content": self._content, "run": attempt.number, "condition": name}
            self._tables["conditions"].append({**key, "text": text, "number": number})
        if not attempt.kept and manifest is not None:
            for name in attempt.failed:
                package, test = _package_and_test(name, manifest.packages)
                row = _result(package, test, TestStatus.FAIL, failed=True)
                key = {"content": self._content, "run": attempt.number, "attempt": ""}
                self._tables["tests"].append({**key, **row, **when, "drawn": attempt.drawn})

    def _add_passes_not_kept(self, manifest: Manifest | None) -> None:
        """Add the passes of runs whose evidence was not kept.

        Such a run passed whole, so the tests that are known of the others passed in it: but for
        those of a run that chose tests. What failed in another run keeps a row for each run, for
        its conditions; the passes of all other tests are counted together.
        """
        attempts = manifest.attempts if manifest is not None else ()
        passed = [
            each
            for each in attempts
            if not each.kept and not each.exit_code and not each.settings.run
        ]
        known: dict[tuple[str, str], bool] = {}
        for row in self._tables["tests"]:
            if row["status"] in (TestStatus.PASS, TestStatus.FAIL):
                name = row["package"], row["test"]
                known[name] = known.get(name, False) or row["failed"]
        for (package, test), ever_failed in known.items():
            row = {
                "content": self._content,
                "attempt": "",
                **_result(package, test, TestStatus.PASS, failed=False),
            }
            if ever_failed:
                self._tables["tests"] += (
                    {**row, "run": each.number, "drawn": each.drawn, **_when(manifest, each)}
                    for each in passed
                )
                continue
            for drawn in (True, False):
                alike = [each for each in passed if each.drawn is drawn]
                if alike:
                    together = {"run": -1, "results": len(alike), **_when(manifest, alike[0])}
                    self._tables["tests"].append({**row, "drawn": drawn, **together})


class _Context:
    """What all cases of a bundle share."""

    def __init__(self, bundle: Bundle, runs: Sequence[PackageRun]) -> None:
        self.runs = runs
        self.recorded: tuple[Run, ...] = recorded_runs(bundle)
        self.limit_ns = time_limit_ns(bundle)
        self._bundled = bundled_sources(bundle)
        self._sources: dict[str, Sources] = {}

    def sources_of(self, case: Case) -> Sources:
        """Return the sources of a case: those of its bundle, and none of this machine's."""
        if case.package not in self._sources:
            self._sources[case.package] = Sources(
                go_version=case.go_version,
                package=case.package,
                bundled=self._bundled,
                working=None,
            )
        return self._sources[case.package]


def _attempts(manifest: Manifest | None, entries: Sequence[CaseEntry]) -> dict[str, Attempt]:
    """Return the runs of a bundle by the folder of their cases: recorded ones, or those seen."""
    if manifest is not None and manifest.attempts:
        listed = {(_last(each.folder) or f" {each.number}"): each for each in manifest.attempts}
        for entry in entries:
            listed.setdefault(_folder(manifest, entry), Attempt(number=len(listed) + 1))
        return listed
    names = dict.fromkeys(entry.attempt for entry in entries)
    return {name: Attempt(number=number) for number, name in enumerate(names, 1)}


def _folder(manifest: Manifest | None, entry: CaseEntry) -> str:
    """Return under which folder ``_attempts`` has the run of a case."""
    if manifest is None or not manifest.attempts:
        return entry.attempt
    kept = [each for each in manifest.attempts if each.kept]
    if len(kept) == 1:
        return _last(kept[0].folder) or f" {kept[0].number}"
    return _last(entry.attempt)


def _when(manifest: Manifest | None, attempt: Attempt) -> Row:
    """Return when a run began, and its revision; one with changes is another one."""
    known = manifest if manifest is not None else Manifest()
    revision = known.revision
    return {
        "started_unix_ns": attempt.started_unix_ns or known.started_unix_ns,
        "revision": revision.id[:_REVISION] + ("+" if revision.dirty and revision.id else ""),
        "branch": _cut(revision.branch),
    }


def _tests(case: Case, entry: CaseEntry, rules: Mapping[int, str]) -> Iterator[Row]:
    """Yield the results of a case: of its package, then of each test.

    A test that never ended counts as failed where a failure of its own was found: others merely
    ran when the process died.
    """
    with_failure = {failure.test for failure in case.failures}
    outside = any(failure.test < 0 for failure in case.failures) or (
        entry.failing and not entry.failed
    )
    status = TestStatus.FAIL if entry.failing else TestStatus.PASS
    if entry.has_result:
        row = _result(case.package, "", status, failed=outside, elapsed_ns=case.elapsed_ns)
        yield {**row, "rule": rules.get(-1, "") if outside else ""}
    failing = (TestStatus.FAIL, TestStatus.UNFINISHED)
    through = {each.parent for each in case.tests if each.status in failing}
    for test in case.tests:
        failed = test.index in with_failure or (
            test.status is TestStatus.FAIL and test.index not in through
        )
        row = _result(
            case.package,
            test.name,
            test.status,
            failed=failed,
            elapsed_ns=test.duration_ns if test.has_duration else None,
            repetition=test.attempt,
        )
        yield {**row, "rule": rules.get(test.index, "") if failed else ""}


def _result(
    package: str,
    test: str,
    status: TestStatus,
    *,
    failed: bool,
    elapsed_ns: int | None = None,
    repetition: int = 1,
) -> Row:
    return {
        "package": _cut(package),
        "test": _cut(test),
        "repetition": repetition,
        "status": str(status),
        "failed": failed,
        "rule": "",
        "elapsed_ns": elapsed_ns,
        "results": 1,
    }


def _failure(case: Case, failure: Failure, found: Sequence[Finding]) -> Row:
    rule = found[0].rule if found else ""
    return {
        "failure": failure.index,
        "test": _cut(failure.test_name if failure.test_name != case.package else ""),
        "kind": str(failure.kind),
        "signature": _cut(signature_of(failure, rule)),
        "cause": _cut(_cause(found)),
        "rule": rule,
        "certainty": str(found[0].certainty) if found else "",
        "headline": _cut(headline(failure, found)),
        "file": _cut(failure.file),
        "line": failure.line,
        "at_ns": failure.at_ns,
    }


def _cause(found: Sequence[Finding]) -> str:
    """Return the first cause among findings without what varies: numbers, goroutines, lines."""
    causes = (each for each in found if each.weight is Weight.CAUSE)
    return next((f"{each.rule}: {without_varying(each.claim)}" for each in causes), "")


def _finding(case: Case, finding: Finding, failure: int) -> Row:
    return {
        "failure": failure,
        "test": _cut(case.tests[finding.test].name) if finding.test >= 0 else "",
        "rule": finding.rule,
        "claim": _cut(finding.claim),
        "certainty": str(finding.certainty),
        "weight": str(finding.weight),
    }


def _package_and_test(name: str, packages: Sequence[str]) -> tuple[str, str]:
    """Return package and test of a name in a manifest: the test stands behind its package's."""
    of = [each for each in packages if name == each or name.startswith(f"{each}.")]
    package = max(of, key=len, default="")
    return package, name.removeprefix(package).removeprefix(".")


def _last(folder: str) -> str:
    return folder.rpartition("/")[2]


def _cut(text: str) -> str:
    """Return a text that can be stored as UTF-8, cut."""
    return text[:_LONGEST].encode("utf-8", "replace").decode()
