"""Real runs of the small Go modules under testdata, each cached on disk and read once a process."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from capture_cache import Recipe, cached_capture, once_a_process
from flakecore.bundle import Bundle, open_bundle
from flakecore.timeline import Case, Failure, FailureKind, Schedule, TestSpan, load_cases
from go_tools import NO_DEBUG_INFO
from toolchains import NEWEST, go_environment, go_toolchain

TESTDATA = Path(__file__).parent / "testdata"
BUNDLE, EXIT_CODE = "bundle", "exit_code"
"""The files of a capture: the folder to open, and the exit code of ``go test`` as text."""

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


@once_a_process
def capture(release: str, package: str, *arguments: str, trace: bool = True) -> Capture:
    """Run a package below testdata (``module`` or ``module/package``), and read what it left.

    The folder of the capture is read-only: a test that changes it works on a copy.
    """
    folder = capture_files(release, package, *arguments, trace=trace)
    return read(folder / BUNDLE, int((folder / EXIT_CODE).read_text()))


def capture_files(
    release: str,
    package: str,
    *arguments: str,
    trace: bool = True,
    output: tuple[str, str] = ("-json", "test.json"),
) -> Path:
    """Return the folder with the bundle of a run, in ``BUNDLE``, and its ``EXIT_CODE``.

    ``output`` is the flag that chooses the form of the output, and the name of its file.
    """
    module, _, below = package.partition("/")
    go, (form, name) = go_toolchain(release), output

    def run(folder: Path) -> None:
        flags = (form, *arguments, f"./{below}")
        go_test(release, TESTDATA / module, folder, flags, output=name, trace=trace)

    recipe = Recipe(
        f"{package.replace('/', '-')}-{release}",
        (TESTDATA / module,),
        (go, package, trace, output, arguments),
    )
    return cached_capture(recipe, run)


def go_test(
    release: str,
    sources: Path,
    folder: Path,
    flags: Sequence[str],
    *,
    output: str = "test.json",
    trace: bool = True,
) -> None:
    """Run ``go test`` in ``sources``, and leave its bundle and its exit code in a folder."""
    bundle, binary = folder / BUNDLE, folder / "binary"
    bundle.mkdir()
    traced = [f"-trace={bundle / 'trace.out'}", f"-o={binary}", NO_DEBUG_INFO] if trace else []
    with (bundle / output).open("wb") as log:
        finished = subprocess.run(
            [go_toolchain(release), "test", "-count=1", "-vet=off", *traced, *flags],
            cwd=sources,
            env=go_environment(release, race="-race" in flags),
            stdout=log,
            stderr=subprocess.STDOUT,
            timeout=300,
            check=False,
        )
    binary.unlink(missing_ok=True)
    (folder / EXIT_CODE).write_text(str(finished.returncode))


def read(folder: Path, exit_code: int = 0) -> Capture:
    """Read a folder or file that holds one case."""
    bundle = open_bundle(folder)
    (case,) = load_cases(bundle)
    return Capture(folder, bundle, case, exit_code)
