"""What the go command prints of a package before its tests: its build, and what it downloads."""

from __future__ import annotations

from dataclasses import replace

from flakecore.gotest.streams.build_output import ERROR, HEADER, BuildOutput, headless_errors
from flakecore.gotest.streams.package_events import PackageEvents
from flakecore.gotest.streams.plain.text_grammar import OUTSIDE_STARTS
from flakecore.gotest.streams.runs import Outcome, PackageRun


class BuildLines:
    """The build output of a plain log, and whether the last line was some of it.

    Attributes:
        is_open: whether the next line may be of the same build.
        output: what was printed of builds, by package.
    """

    def __init__(self) -> None:
        self.is_open = False
        self.output = BuildOutput()

    def take(self, text: str) -> bool:
        """Take in a line, and return whether it is of a build or a download."""
        self.is_open = bool(HEADER.match(text) or (self.is_open and ERROR.match(text)))
        if self.is_open:
            self.output.plain_text(text)
        return self.is_open or text.startswith(OUTSIDE_STARTS)

    def end(self) -> None:
        """Note that a test or another package begins, so that no line of a build comes next."""
        self.is_open = False

    def finished(self, run: PackageEvents) -> PackageRun:
        """Return the run of a package with the output of its build."""
        finished = run.finished(self.output.of(run.package, ""))
        if finished.status is Outcome.BUILD_FAIL and not finished.build_output:
            finished = replace(finished, build_output=headless_errors(finished.lines.texts))
        return finished
