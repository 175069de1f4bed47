"""Lines of output held against what the tests themselves told the trace just before printing.

The lines also carry the test and the goroutine in their text, as lines of real tests carry the
names of workers and requests.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest

from capture_cache import Recipe, cached_capture, once_a_process
from collected_bundles import collect_into
from flakecore.timeline import Case, ClockMethod, OutputLine, TimeSource
from timeline.captures import BUNDLE, TESTDATA, capture, capture_files, read
from toolchains import NEWEST, RELEASES, go_environment, go_toolchain

TRUTH = TESTDATA / "truth"
BROKEN_LINE = Path(__file__).parent / "testdata/broken_line-1.23.9.zip"
COLLECTOR = tuple(
    Path(__file__).parents[2] / room
    for room in ("core/flakecore/collect", "core/flakecore/bundle", "tui/flaketui/commands")
)
"""What decides what ``flaketui collect`` leaves."""

EACH = [
    pytest.param(release, marks=() if release == NEWEST else pytest.mark.slow)
    for release in RELEASES
]

_TOLD = re.compile(r"<(\d{6}) (\S+) g(\d+)>")
_AMBIGUOUS = ("TestMany", "TestFiles")
"""The one prints now one line, now several, that all look the same; the other writes most of its
lines to a file, by the same calls. Which write printed a line may be past telling; who did is not.
"""

_AT_ONCE = 4
"""Lines that are told of before they are printed together, at most."""


@dataclass(frozen=True)
class Told:
    """What the trace was told of a line, when, and when of one that was printed later."""

    test: str
    goroutine: int
    time_ns: int
    later_ns: int


def told(case: Case) -> dict[str, Told]:
    """Return what the trace was told, by the number of the line."""
    assert case.trace is not None
    logs, table = case.trace.annotations.logs, case.trace.table
    found: dict[str, Told] = {}
    for goroutine in np.unique(logs.goroutine).tolist():
        rows = np.flatnonzero(logs.goroutine == goroutine)
        times = [*logs.time[rows].tolist(), *[case.trace.end_ns] * _AT_ONCE]
        for nth, message in enumerate(logs.message[rows].tolist()):
            match = _TOLD.match(table.string(message))
            assert match is not None
            found[match[1]] = Told(match[2], goroutine, times[nth], times[nth + _AT_ONCE])
    return found


def with_truth(case: Case) -> list[tuple[OutputLine, Told]]:
    """Return the lines that begin with a print that the trace was told of, and what it was told."""
    truth = told(case)
    pairs = []
    for line in case.output:
        match = _TOLD.search(line.text)
        # What begins with something else, which was printed by itself, is no such line.
        before = line.text[: match.start()] if match is not None else ""
        if match is not None and not before.startswith(("the runtime says", "part of a line")):
            pairs.append((line, truth[match[1]]))
    return pairs


def name(case: Case, test: int) -> str:
    return case.tests[test].name if test >= 0 else ""


def wrong(case: Case) -> list[OutputLine]:
    """Return the lines that are called exact and are not."""
    return [
        line
        for line, truth in with_truth(case)
        if line.time_source is TimeSource.EXACT
        and not (
            line.goroutine == truth.goroutine
            and name(case, line.test) == truth.test
            and line.file.endswith("truth_test.go")
            and line.error_ns == 0
        )
    ]


def exact_share(case: Case) -> float:
    lines = [line for line, truth in with_truth(case) if truth.test not in _AMBIGUOUS]
    assert len(lines) > 3900
    return sum(line.time_source is TimeSource.EXACT for line in lines) / len(lines)


@once_a_process
def recorded(release: str) -> Case:
    go = go_toolchain(release)

    def collect(folder: Path) -> None:
        collect_into(folder / "bundle.zip", TRUTH, ".", "--no-race", release=release)

    recipe = Recipe(f"collected-truth-{release}", (TRUTH, *COLLECTOR), (go,))
    return read(cached_capture(recipe, collect) / "bundle.zip").case


@once_a_process
def as_json(release: str) -> Case:
    return capture(release, "truth").case


@once_a_process
def as_text(release: str) -> Case:
    return read(capture_files(release, "truth", output=("-v", "test.log")) / BUNDLE).case


AS_TEXT = pytest.param(as_text, marks=pytest.mark.slow, id="as_text")


@pytest.mark.parametrize("release", EACH)
def test_with_recorded_writes_every_line_is_exact_and_right(release: str) -> None:
    case = recorded(release)
    assert wrong(case) == []
    # A child process and the runtime's own print stand in the way of a few: in 36 captures of
    # Go 1.22.10 and 1.25.5 beside busy cores the lowest share was 99.808 %, in 32 of them 100 %.
    # Go 1.21 does not tell when a write ended, so that two at once stay two: 99.19 % at the lowest.
    assert exact_share(case) >= (0.985 if release == "1.21.13" else 0.995)
    if release != "1.21.13":  # its traces do not tell when a write ended
        assert [run for run in not_exact(case) if not is_excused(case, run)] == []
    assert case.clock.method is ClockMethod.WRITES


def not_exact(case: Case) -> list[list[OutputLine]]:
    """Return the lines that are not exact, those together that follow one another."""
    known = groupby(case.output, key=lambda line: line.time_source is TimeSource.EXACT)
    return [list(run) for exact, run in known if not exact]


def is_excused(case: Case, run: list[OutputLine]) -> bool:
    """Whether a child process or the runtime wrote among some lines, or they all look the same.

    Or one of them holds two prints: of a line longer than a page the pipe took a part, and another
    goroutine's line came behind it, so that the line has no one writer.
    """
    truth = {line.index: told for line, told in with_truth(case)}
    return any(
        line.index not in truth
        or truth[line.index].test in _AMBIGUOUS
        or len(_TOLD.findall(line.text)) > 1
        for line in run
    )


@pytest.mark.parametrize("release", EACH)
@pytest.mark.parametrize("run", [as_json, AS_TEXT])
@pytest.mark.slow
def test_without_them_no_line_is_exact_and_wrong_and_nearly_all_are_exact(
    release: str, run: Callable[[str], Case]
) -> None:
    case = run(release)
    assert wrong(case) == []
    # Every fifteenth print is longer than what a pipe takes at once, and others come into its
    # middle; and before Go 1.22 a trace does not tell when writes ended.
    assert exact_share(case) >= (0.85 if release == "1.21.13" else 0.97)


@pytest.mark.parametrize("release", EACH)
@pytest.mark.parametrize("run", [recorded, as_json, AS_TEXT])
def test_a_goroutine_that_is_told_is_the_one_that_printed(
    release: str, run: Callable[[str], Case]
) -> None:
    case = run(release)
    told_of = [(line, truth) for line, truth in with_truth(case) if line.goroutine]
    assert [line for line, truth in told_of if line.goroutine != truth.goroutine] == []


@pytest.mark.parametrize("release", EACH)
@pytest.mark.slow
def test_who_printed_is_told_also_of_lines_that_all_look_the_same(release: str) -> None:
    lines = [pair for run in (as_json, as_text) for pair in with_truth(run(release))]
    assert any(line.goroutine for line, truth in lines if truth.test in _AMBIGUOUS)


@pytest.mark.parametrize("release", EACH)
@pytest.mark.parametrize("run", [recorded, as_json, AS_TEXT])
def test_error_bounds_hold(release: str, run: Callable[[str], Case]) -> None:
    """A line was printed after the trace was told of it, and before it was told of later ones."""
    case = run(release)
    for line, truth in with_truth(case):
        if line.time_source in (TimeSource.EXACT, TimeSource.BOUNDED):
            assert line.time_ns + line.error_ns >= truth.time_ns, line
            assert line.time_ns - line.error_ns <= truth.later_ns, line


@pytest.mark.slow
def test_before_the_rest_of_a_line_that_others_broke_nothing_is_exact() -> None:
    """Line 1177 begins a print of 9,000 bytes and ends with another's, line 1179 is the rest.

    The print between was taken for exact at the write of the one before. Of Go 1.23.9; one capture
    in 35 had such a line beside busy cores.
    """
    case = read(BROKEN_LINE).case
    around = case.output[1177:1180]
    assert [len(_TOLD.findall(line.text)) for line in around] == [2, 1, 0]
    assert TimeSource.EXACT not in [line.time_source for line in around]
    for line, truth in with_truth(case):
        assert line.time_ns - line.error_ns <= truth.later_ns, line
        assert line.time_ns + line.error_ns >= truth.time_ns, line
    assert exact_share(case) > 0.99


def test_what_children_and_the_runtime_print_is_no_goroutines() -> None:
    case = recorded(NEWEST)
    strangers = [
        line for line in case.output if line.text in ("a child says so", "and more", "on stderr")
    ]
    assert len(strangers) == 15
    assert all(line.time_source is TimeSource.BOUNDED for line in strangers)
    assert all(line.goroutine == 0 for line in strangers)


def test_lines_that_parallel_tests_print_are_taken_from_the_test_that_go_blames() -> None:
    case = recorded(NEWEST)
    lines = with_truth(case)
    assert all(name(case, line.test) == truth.test for line, truth in lines if line.goroutine)
    corrected = [line for line, truth in lines if name(case, line.reported_test) != truth.test]
    assert len(corrected) > 500


def test_a_goroutine_that_outlives_its_test_keeps_the_tests_name() -> None:
    case = recorded(NEWEST)
    (early,) = (test for test in case.tests if test.name == "TestLeaves/early")
    late = [
        line
        for line in case.output
        if line.test == early.index and line.time_ns > early.end_ns and line.goroutine
    ]
    assert len(late) >= 15
    assert all("TestLeaves/early" in line.text for line in late)


@pytest.mark.parametrize("release", EACH)
def test_lines_name_the_place_that_printed_them(release: str) -> None:
    case = recorded(release)
    source = (TRUTH / "truth_test.go").read_text().splitlines()
    calls = {"plain ": "plain.Println", "time=": "text.Warn", '{"time"': "json.Error"}
    for line, _ in with_truth(case):
        for start, call in calls.items():
            if line.text.startswith(start) and line.time_source is TimeSource.EXACT:
                assert call in source[line.line - 1]


@pytest.mark.parametrize(
    "package",
    [
        "os/exec",
        pytest.param("log/slog", marks=pytest.mark.slow),
        pytest.param("database/sql", marks=pytest.mark.slow),
    ],
)
def test_every_framework_line_of_the_standard_library_is_paired(package: str) -> None:
    case = standard(package)
    lines = [line for line in case.output if _FRAMEWORK.match(line.text)]
    assert len(lines) > 200
    assert [line for line in lines if line.time_source is not TimeSource.EXACT] == []


@pytest.mark.slow
def test_every_line_of_net_http_is_paired() -> None:
    case = standard("net/http")
    assert len(case.output) > 4000
    own = [line for line in case.output if not line.text.startswith("ok ")]
    assert [line for line in own if line.time_source is not TimeSource.EXACT] == []


_FRAMEWORK = re.compile(r"=== (?:RUN|PAUSE|CONT) |--- (?:PASS|FAIL|SKIP): ")


def standard(package: str) -> Case:
    """Run the tests of a package of the standard library."""
    go = go_toolchain()

    def run(folder: Path) -> None:
        binary = folder / "binary"
        bundle = folder / BUNDLE
        bundle.mkdir()
        command: list[str | Path] = [go, "test", "-json", "-short", "-count=1", "-vet=off"]
        with (bundle / "test.json").open("wb") as log:
            subprocess.run(
                [*command, f"-trace={bundle / 'trace.out'}", f"-o={binary}", package],
                cwd=folder,
                env=go_environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
                timeout=300,
                check=False,
            )
        binary.unlink()

    recipe = Recipe(f"{package.replace('/', '-')}-{NEWEST}", (), (go,))
    return read(cached_capture(recipe, run) / BUNDLE).case
