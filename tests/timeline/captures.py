"""Real runs of the small Go modules under testdata, each made, bundled and read once a session."""

from __future__ import annotations

import functools
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from flakecore.bundle import Bundle, open_bundle
from flakecore.timeline import Case, Failure, FailureKind, Schedule, TestSpan, load_cases
from toolchains import NEWEST, go_environment, go_toolchain

TESTDATA = Path(__file__).parent / "testdata"
RELEASES = ("1.22.10", "1.25.5", NEWEST)
"""No wall clock in the trace; the first with one; the newest."""


@dataclass(frozen=True)
class Capture:
    """One ``go test`` run as a bundle, and the case that it is read as."""

    folder: Path
    bundle: Bundle
    case: Case
    exit_code: int

    @property
    def schedule(self) -> Schedule:
        assert self.case.schedule is not None
        return self.case.schedule

    def test(self, name: str) -> TestSpan:
        """Return the only test of a name."""
        (test,) = (test for test in self.case.tests if test.name == name)
        return test

    def failure(self, kind: FailureKind) -> Failure:
        """Return the only failure, which must be of this kind."""
        (failure,) = self.case.failures
        assert failure.kind is kind
        return failure

    def texts_of(self, name: str) -> list[str]:
        """Return what a test and its subtests printed, without indentation."""
        test = self.test(name)
        return [self.case.output[i].text.strip() for i in self.case.output.of_test(test.index)]


@functools.cache
def _kept() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="flaketui-cases-")


@functools.cache
def capture(release: str, package: str, *arguments: str, trace: bool = True) -> Capture:
    """Run a package below testdata (``module`` or ``module/package``), and read what it left."""
    module, _, below = package.partition("/")
    folder = Path(tempfile.mkdtemp(dir=_kept().name))
    command: list[str | Path] = [go_toolchain(release), "test", "-json", "-count=1", "-vet=off"]
    if trace:
        command += [f"-trace={folder / 'trace.out'}", f"-o={folder / 'binary'}"]
    finished = subprocess.run(
        [*command, *arguments, f"./{below}"],
        cwd=TESTDATA / module,
        env=go_environment(release, race="-race" in arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=300,
        check=False,
    )
    (folder / "binary").unlink(missing_ok=True)
    (folder / "test.json").write_bytes(finished.stdout)
    return read(folder, finished.returncode)


def read(folder: Path, exit_code: int = 0) -> Capture:
    """Read a folder or file that holds one case."""
    bundle = open_bundle(folder)
    (case,) = load_cases(bundle)
    return Capture(folder, bundle, case, exit_code)
