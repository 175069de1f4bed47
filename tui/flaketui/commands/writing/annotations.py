"""Reports failures to GitHub Actions: annotations beside the source, and a summary of the step.

Workflow commands are lines such as ``::error file=a/b_test.go,line=7,title=TestB::message``; what
they hold must be escaped, for it is the tests that wrote it. Ten of a kind are shown per step.
"""

from __future__ import annotations

import re
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from flakecore.text.printable import clean, printable

if TYPE_CHECKING:
    from flakecore.collect import CollectResult
    from flaketui.commands.collecting.verdicts import Verdict

_MOST_SHOWN = 10
_MOST_LISTED = 50
_MOST_LINES = 12
_PLACE = re.compile(r"(?P<file>[^\s:]+\.go):(?P<line>\d+)(?:: (?P<text>.*))?")
_NO_NEWS = re.compile(r"#|\s*(?:=== |--- |FAIL|ok |PASS|exit status|$)")
_RULE = "=================="
"""Above and below the report of a race."""
_STACKS = re.compile(r"running tests:|goroutine \d+ .*\[")
"""What begins the part of a crash that a sentence on it makes superfluous."""


@dataclass(frozen=True, slots=True)
class _Failed:
    """A failed test, with what it printed, where in the source that was, and why if known."""

    package: str
    test: str
    lines: tuple[str, ...]
    file: str
    line: int
    why: Verdict | None = None

    @property
    def headline(self) -> str:
        return self.why.sentence if self.why is not None else ""

    @property
    def words(self) -> str:
        """The sentence, the test's message, and what to do next."""
        advice = f"next: {self.why.next}" if self.why is not None and self.why.next else ""
        return "\n".join(each for each in (self.headline, *self.lines, advice) if each)

    @property
    def name(self) -> str:
        return f"{self.package}.{self.test}" if self.test else self.package


@contextmanager
def without_workflow_commands(
    environment: Mapping[str, str], write: Callable[[str], None]
) -> Iterator[None]:
    """Keep what is printed meanwhile from being taken for commands, in a job of GitHub Actions.

    Tests print what they like, and a line such as ``::add-mask::`` or ``::error::`` is obeyed
    whoever printed it. Between ``::stop-commands::TOKEN`` and ``::TOKEN::`` none is; a test cannot
    have the token.
    """
    if not _in_job(environment):
        yield
        return
    token = secrets.token_hex(16)
    write(f"::stop-commands::{token}\n")
    try:
        yield
    finally:
        # On a line of its own, whatever was printed last.
        write(f"\n::{token}::\n")


def _in_job(environment: Mapping[str, str]) -> bool:
    return environment.get("GITHUB_ACTIONS") == "true"


def annotate(
    result: CollectResult,
    shown: str,
    environment: Mapping[str, str],
    write: Callable[[str], object],
    found: Sequence[Verdict] = (),
) -> None:
    """Write annotations and the step summary, if this is a job of GitHub Actions.

    Args:
        result: the collection that is over.
        shown: the bundle's path as it is shown.
        environment: the environment variables: whether it is a job, and where its summary goes.
        write: called with each annotation and its line end.
        found: the sentences on failures, which come before what the tests printed, and on others.
    """
    if not _in_job(environment):
        return
    why = {
        (each.package, each.test): each for each in reversed(found) if each.failed and each.known_by
    }
    besides = list({each.known_by: each for each in reversed(found) if not each.failed}.values())[
        ::-1
    ]
    workspace = environment.get("GITHUB_WORKSPACE", "")
    failed = list(_failed(result, workspace, why))
    for each in failed[:_MOST_SHOWN]:
        place, title = _at(each.file, each.line), _property(each.name)
        write(f"::error {place}title={title}::{_message(each.words)}\n")
    for verdict in besides[: max(0, _MOST_SHOWN - len(failed))]:
        name = f"{verdict.package}.{verdict.test}" if verdict.test else verdict.package
        words = verdict.sentence + (f"\nnext: {verdict.next}" if verdict.next else "")
        place = _at(*_named_place(verdict, workspace))
        write(f"::warning {place}title={_property(name)}::{_message(words)}\n")
    if summary := environment.get("GITHUB_STEP_SUMMARY"):
        # A summary that cannot be written is no reason to fail a job.
        with suppress(OSError), Path(summary).open("a", encoding="utf-8") as file:
            file.write(_summary(result, shown, failed, besides))


def _at(file: str, line: int) -> str:
    return f"file={_property(file)},line={line}," if file else ""


def _failed(
    result: CollectResult, workspace: str, why: Mapping[tuple[str, str], Verdict]
) -> Iterator[_Failed]:
    for package, verdict in result.stream.packages.items():
        folder = Path(result.folders.get(package, ""))
        names = {test for test in verdict.failed if test}
        inner = [t for t in verdict.failed if t and not any(n.startswith(f"{t}/") for n in names)]
        times = Counter(inner)  # more than one where -count repeats a test
        for test in times or ([""] if verdict.failed or not verdict.built else []):
            printed = "".join(verdict.output.get(test, [])).splitlines()
            cleaned = (printable(clean(line)) for line in printed)
            news = [line.strip() for line in cleaned if not _NO_NEWS.match(line)]
            found = why.get((package, test))
            news = list(dict.fromkeys(news)) if times[test] > 1 else news
            shown = list(_without_stacks(news)) if found else news
            if found and not shown and test not in verdict.running:
                shown = [printable(clean(line)) for line in found.message]
            file, number = _place(shown, folder, workspace)
            if not file and found is not None:
                file, number = _named_place(found, workspace)
            if not file:
                file, number = _place(news, folder, workspace)
            cut_off = "its process ended before the test did" if test in verdict.running else ""
            lines = shown[:_MOST_LINES] or [cut_off or ("" if found else "failed")]
            yield _Failed(
                printable(package), printable(test), tuple(lines), printable(file), number, found
            )


def _place(lines: list[str], folder: Path, workspace: str) -> tuple[str, int]:
    """Return the first place in the package's own source, below the workspace."""
    for line in lines:
        for found in _PLACE.finditer(line):
            named = Path(found["file"])
            # A test names its file alone, a crash its full path, a compiler one from elsewhere.
            file = folder / (named if named.is_absolute() else named.name)
            if file.parent == folder and file.is_file():
                with suppress(ValueError):
                    place = file.relative_to(Path(workspace).resolve())
                    return place.as_posix(), int(found["line"])
    return "", 0


def _without_stacks(lines: Sequence[str]) -> Iterator[str]:
    """Yield what a test printed up to the stacks of its crash, without reports of races."""
    in_race = False
    for line in takewhile(lambda line: not _STACKS.match(line), lines):
        if line == _RULE:
            in_race = not in_race
        elif not in_race:
            yield line


def _named_place(verdict: Verdict, workspace: str) -> tuple[str, int]:
    """Return the first place below the workspace that a sentence names."""
    root = Path(workspace).resolve()
    for name, line in verdict.places:
        with suppress(ValueError, OSError):
            place = Path(name).relative_to(root)
            if line and (root / place).is_file():
                return printable(place.as_posix()), line
    return "", 0


def _summary(
    result: CollectResult, shown: str, failed: list[_Failed], besides: Sequence[Verdict]
) -> str:
    """Return the outcome and where the evidence is, as Markdown."""
    manifest = result.manifest
    count = len(manifest.packages)
    what = f"`{manifest.packages[0]}`" if count == 1 else f"{count:,} packages"
    runs = (
        f"{manifest.failures:,} of {manifest.runs:,} runs failed"
        if manifest.runs > 1
        else (f"{len(failed):,} failed" if failed else "failed" if result.exit_code else "passed")
    )
    text = [f"### flaketui: {what}, {runs}", ""]
    if failed:
        text += ["| test | why, or what it said |", "| --- | --- |"]
        text += [
            f"| {_cell(each.name)} | {_cell(each.headline or ' '.join(each.lines[:2]))} |"
            for each in failed[:_MOST_LISTED]
        ]
        text.append("")
    text += [f"- {_cell(each.sentence)}" for each in besides[:_MOST_LISTED]]
    text += [""] if besides else []
    text.append(f"Evidence: {_cell(shown)} ({result.size:,} bytes), opened with `flaketui`.")
    text += [f"- missing: {_cell(reason)}" for reason in manifest.missing[:_MOST_LISTED]]
    return "\n".join(text) + "\n\n"


def _cell(text: str) -> str:
    """Return text as code in a cell of a table."""
    plain = " ".join(re.sub(r"[`|]+", " ", printable(text)).split())[:300]
    return f"`{plain}`" if plain else ""


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
