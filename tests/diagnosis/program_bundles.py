"""Bundles that ``flaketui collect`` makes of the programs under ``programs``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import flakecore.collect
from capture_cache import Recipe, cached_capture, once_a_process
from collected_bundles import collect_into
from diagnosis.checked_findings import explain, explain_passed
from diagnosis.rule_table import record
from flakecore.diagnosis import Finding
from flakecore.timeline import Failure
from flakecore.timeline.sources import Sources
from timeline.captures import Capture, read
from toolchains import NEWEST

PROGRAMS = Path(__file__).parent / "programs"
_COLLECT = Path(flakecore.collect.__file__).parent
_BUNDLE = "bundle.zip"
_MARK = re.compile(r"// @([\w-]+)$")
_PLACE = re.compile(r"(\w+\.go):(\d+)")


@once_a_process
def collected_program(shape: str, *arguments: str, release: str = NEWEST) -> Capture:
    """Return what ``flaketui collect`` makes of a program's tests."""
    race = "--no-race" not in arguments

    def run(folder: Path) -> None:
        collect_into(folder / _BUNDLE, PROGRAMS / shape, *arguments, release=release, race=race)

    sources = (PROGRAMS / shape, _COLLECT)
    folder = cached_capture(Recipe(f"{shape}-{release}", sources, (shape, arguments)), run)
    return read(folder / _BUNDLE)


def sources_of(run: Capture) -> Sources:
    """Return where the source of a program is found."""
    return Sources(go_version=run.case.go_version, package=run.case.package)


def findings_on(run: Capture, test: str) -> tuple[Finding, ...]:
    """Return the findings on the failure of a test, with all evidence."""
    return explain(run.case, failure_of(run, test), sources_of(run), run.bundle.manifest)


def failure_of(run: Capture, test: str) -> Failure:
    """Return the failure of a test."""
    (failure,) = (each for each in run.case.failures if each.test_name == test)
    return failure


def findings_besides(run: Capture) -> tuple[Finding, ...]:
    """Return the findings that belong to no failure, with all evidence."""
    return explain_passed(run.case, sources_of(run))


@cache
def _marks(file: str) -> dict[int, str]:
    (path,) = PROGRAMS.glob(f"*/{file}")
    lines = path.read_text().splitlines()
    return {at: found[1] for at, line in enumerate(lines, 1) if (found := _MARK.search(line))}


def named(text: str) -> str:
    """Return a text with marks for lines, and N for every number of a goroutine."""

    def mark(found: re.Match[str]) -> str:
        name = _marks(found[1]).get(int(found[2]))
        return f"@{name}" if name else found[0]

    return re.sub(r"\bG\d+\b", "GN", _PLACE.sub(mark, text))


def check_found(rule: str, found: Sequence[Finding], *claims: str) -> None:
    """Assert, and note for the table, that findings are of a rule and have claims of some forms.

    Args:
        rule: the rule, of which a sound case has no finding.
        found: what is told with all evidence.
        claims: regular expressions of the claims as ``named`` has them; none of a sound case.
    """
    told = [f"{each.rule}, {named(each.claim)}" for each in found]
    forms = [f"{rule}, {claim}" for claim in claims]
    fits = len(told) == len(forms) and all(map(re.fullmatch, forms, told))
    record(rule, "all evidence", told if fits else forms, told)
    assert fits, (forms, told)


def places_of(finding: Finding) -> list[str]:
    """Return the places of a finding, each as its role and the mark of its line."""
    return [
        f"{place.role} {named(f'{Path(place.file).name}:{place.line}')}" for place in finding.places
    ]
