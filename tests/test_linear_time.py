"""Whatever is read twice as long takes at most about twice the time.

Each kind of input is one that some program, or somebody who means harm, can make. Time is that of
this thread on a processor, the least of several runs by turns; a ratio that a busy machine made is
measured again. What the session's earlier tests left in memory is kept from the garbage collector
meanwhile, for a full collection costs what all objects cost, and comes in the longer run first.
"""

from __future__ import annotations

import gc
import io
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest

from flakecore.bundle import open_bundle
from flakecore.bundle.sources import abridge
from flakecore.bundle.sources.abridge import Abridgement
from flakecore.bundle.sources.tars import TarSource
from flakecore.collect.capture.json_follower import TestStream
from flakecore.errors import ProfileError
from flakecore.gotest import read_dump, read_json, read_junit, read_text
from flakecore.objects import read_pages
from flakecore.pprof import read_profile
from flakecore.report import Excerpt, render_text
from flakecore.text.printable import clean, printable, printable_lines
from flakecore.timeline import load_cases
from flakecore.times import SECOND
from fuzzing.targets import CORPUS

LIMIT = 2.5
"""How many times the time twice the input may take."""
NOISE_S = 0.005
"""Below this a measurement says nothing."""
TRIES = 40
"""How often each is measured at most; mostly once is enough."""


@pytest.fixture(autouse=True)
def own_objects_only() -> Iterator[None]:
    """Let the garbage collector pass over all that was there before the test."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def growth(read: Callable[[int], Callable[[], object]], count: int) -> float:
    """Return how many times as long twice as much takes, at best of several tries."""
    small, large = read(count), read(2 * count)
    least = [float("inf")] * 2
    for _ in range(TRIES):
        for at, run in enumerate((small, large)):
            begun = time.thread_time()
            run()
            least[at] = min(least[at], time.thread_time() - begun)
        if least[1] < max(least[0] * (LIMIT - 0.3), NOISE_S):
            break
    return least[1] / max(least[0], NOISE_S / LIMIT)


@pytest.mark.parametrize("shown", [clean, printable, printable_lines], ids=lambda f: f.__name__)
@pytest.mark.parametrize(
    ("unit", "count"),
    [
        ("\x90a", 40_000),
        ("\x1b]a", 40_000),
        ("\x1b[1", 40_000),
        ("\x1b", 100_000),
        ("\x9d0;a\x9c", 20_000),
        ("\u202ea", 50_000),
        ("a\t", 50_000),
        ("a\n", 50_000),
    ],
    ids=ascii,
)
@pytest.mark.slow
def test_text_is_cleaned_in_linear_time(shown: Callable[[str], str], unit: str, count: int) -> None:
    def read(number: int) -> Callable[[], object]:
        text = unit * number
        return lambda: shown(text)

    assert growth(read, count) < LIMIT


LOGS = {
    "empty lines": (b"\n", 10_000),
    "empty lines of Windows": (b"\r\n", 10_000),
    "lines of spaces": (b"   \n", 10_000),
    "one long line": (b"a", 500_000),
    "one line of spaces": (b" ", 500_000),
    "one line of places": (b"a.go:1: ", 20_000),
    "one line of quotes": (b'msg="a\\" ', 20_000),
    "one line of dates": (b"2026-01-02T03:04:05Z ", 20_000),
    "one line of digits": (b"1", 200_000),
    "one line of control strings": (b"\xc2\x90a", 30_000),
    "runs without an end": (b"=== RUN   TestA\n", 3_000),
    "results": (b"--- FAIL: TestA (0.00s)\n", 3_000),
    "packages": (b"ok  \tp\t0.1s\n", 3_000),
    "panics": (b"panic: x\n", 3_000),
    "races": (b"==================\nWARNING: DATA RACE\n", 4_000),
    "frames": (b"main.f(...)\n\t/a/a.go:3 +0x1\n", 12_000),
    "dumps": (b"goroutine 1 [select]:\nmain.f(...)\n\t/a/a.go:3 +0x1\n\n", 2_000),
    "assertions of testify": (b"    Error Trace:\ta.go:1\n", 5_000),
    "results with packages": (b"FAIL p.TestA (0.00s)\n", 3_000),
    "packages side by side": (
        b"=== RUN   TestA\n=== RUN   TestB\n--- PASS: TestB (0.00s)\nPASS\nok  \tq\t0.1s\n"
        b"--- PASS: TestA (0.00s)\n",
        600,
    ),
    "summaries": (b"=== FAIL: p TestA (0.00s)\n    a_test.go:3: x\n\n", 2_000),
    "boxes": ("┃  FAIL  package: p  ┃\n--- FAIL: TestA (0.00s)\n\nx\n".encode(), 2_000),
    "lines of containers": (b"a-1  | === RUN   TestA\nb-1  | x\n", 8_000),
    "lines of GitHub": (b"2026-01-02T03:04:05.1234567Z === RUN   TestA\n", 3_000),
    "lines of GitLab": (b"2026-01-02T03:04:05.123456Z 00O === RUN   TestA\n", 3_000),
    "lines of Buildkite": (b"\x1b_bk;t=1767322645000\x07=== RUN   TestA\r\n", 3_000),
    "records of containers": (b'{"log":"=== RUN   TestA\\n","stream":"stdout"}\n', 3_000),
    "races with both accesses": (
        b"==================\nWARNING: DATA RACE\nWrite at 0x00c0000140e8 by goroutine 8:\n"
        b"  main.f()\n      /a/a.go:3 +0x1\n\nPrevious read at 0x00c0000140e8 by goroutine 7:\n"
        b"  main.g()\n      /a/a.go:4 +0x1\n==================\n",
        600,
    ),
    "log records": (b"time=2026-01-02T03:04:05Z level=INFO msg=a\n", 3_000),
    "jobs": (b"[a] === RUN   TestA\n[b] === RUN   TestB\n[a] x\n[b] y\n", 4_000),
    "rows of CSV": (b'7,"a,b","=== RUN   TestA"\n', 6_000),
    "one row of commas": (b"a,", 200_000),
    "escaped stacks": (b'{"stack":"goroutine 7 [running]:\\nmain.f()\\n\\t/f.go:9\\n"}\n', 3_000),
    "one escaped stack": (b"goroutine 7 [running]:\\nmain.f()\\n", 20_000),
    "profiles of goroutines": (b"3 @ 0x4 0x5\n#\t0x4\tmain.f+0x1\t/f.go:9\n", 6_000),
    "titles of profiles": (b"goroutine profile: total 7\n", 4_000),
    "joined frames": (b"  main.f()   /f.go:9 +0x1\n==================\n", 4_000),
    "one function": (b"f.", 100_000),
    "frames without an end": (b"main.f(0x1, 0x\n\t/f.go:9 +0x1\n", 8_000),
    "elements of HTML": (b"<span>=== RUN   TestA</span>\n", 6_000),
    "reports of go-deadlock": (b"POTENTIAL DEADLOCK:\na.go:7 f <<<<<\n", 4_000),
}


@pytest.mark.parametrize("kind", LOGS)
@pytest.mark.slow
def test_a_plain_log_is_read_in_linear_time(kind: str) -> None:
    unit, count = LOGS[kind]

    def read(number: int) -> Callable[[], object]:
        log = b"=== RUN   TestA\n" + unit * number
        return lambda: read_text(log, name="x.log")

    assert growth(read, count) < LIMIT


@pytest.mark.parametrize("kind", LOGS)
@pytest.mark.slow
def test_events_are_read_in_linear_time(kind: str) -> None:
    unit, count = LOGS[kind]

    def read(number: int) -> Callable[[], object]:
        event = {"Action": "output", "Package": "p", "Test": "TestA"}
        lines = (unit * number).decode().splitlines(keepends=True)
        log = b"".join(orjson.dumps(event | {"Output": line}) + b"\n" for line in lines)
        return lambda: read_json(log, name="x.json")

    assert growth(read, count // 2) < LIMIT


def test_tests_and_packages_are_read_in_linear_time() -> None:
    def read(number: int) -> Callable[[], object]:
        events = [
            {"Action": action, "Package": f"p{at % 50}", "Test": f"Test{at}"}
            for at in range(number)
            for action in ("run", "fail")
        ]
        log = b"".join(orjson.dumps(event) + b"\n" for event in events)
        return lambda: read_json(log, name="x.json")

    assert growth(read, 1_500) < LIMIT


@pytest.mark.parametrize("time", [b"", b'"Time":"2026-01-02T03:04:05Z",'], ids=["none", "stamps"])
def test_output_of_one_test_is_read_in_linear_time(time: bytes) -> None:
    event = b'{%b"Action":"output","Package":"p","Test":"TestA","Output":"a \\"b\\"\\n"}\n' % time

    def read(number: int) -> Callable[[], object]:
        log = b'{"Action":"run","Package":"p","Test":"TestA"}\n' + event * number
        return lambda: read_json(log, name="x.json")

    assert growth(read, 20_000) < LIMIT


def test_pages_of_objects_are_read_in_linear_time() -> None:
    page = (CORPUS / "objects" / "two-pages.json").read_bytes().splitlines(keepends=True)[0]

    def read(number: int) -> Callable[[], object]:
        pages = page * number
        return lambda: read_pages(pages, name="objects.json")

    assert growth(read, 200) < LIMIT


def test_a_dump_is_read_in_linear_time() -> None:
    block = b"goroutine %d [select, 2 minutes]:\nmain.f(...)\n\t/a/a.go:3 +0x1\ncreated by main.g\n"

    def read(number: int) -> Callable[[], object]:
        text = b"\n".join((block + b"\t/a/a.go:9 +0x1\n") % at for at in range(number))
        return lambda: read_dump(text, name="goroutine.txt")

    assert growth(read, 1_000) < LIMIT


def test_a_log_is_abridged_in_linear_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(abridge, "MAX_END", 100_000)
    monkeypatch.setattr(abridge, "MAX_MIDDLE", 100_000)

    def read(number: int) -> Callable[[], object]:
        pieces = [b'{"Action":"output","Output":"--- a\\n"}\n' * 1_000] * number

        def abridge() -> None:
            for _ in Abridgement(100_000, 1 << 40).of(pieces):
                pass

        return abridge

    assert growth(read, 1_000) < LIMIT


def test_a_report_in_xml_is_read_in_linear_time() -> None:
    def read(number: int) -> Callable[[], object]:
        case = (
            '<testcase name="Test{}"><failure message="Failed">a_test.go:3: x</failure></testcase>'
        )
        xml = f'<testsuite name="p">{"".join(map(case.format, range(number)))}</testsuite>'.encode()
        return lambda: read_junit(xml, name="x.xml")

    assert growth(read, 2_000) < LIMIT


def test_output_that_is_followed_takes_linear_time_whatever_its_pieces() -> None:
    def read(number: int) -> Callable[[], object]:
        def follow() -> None:
            stream = TestStream(lambda _: None)
            for _ in range(number):
                stream.feed(b"a" * 64)
                stream.feed_errors("a" * 64)
            stream.finish()

        return follow

    assert growth(read, 8_000) < LIMIT


def test_members_of_a_tar_that_are_left_out_take_linear_time() -> None:
    def read(number: int) -> Callable[[], object]:
        sink = io.BytesIO()
        with tarfile.open(fileobj=sink, mode="w") as archive:
            for at in range(number):
                member = tarfile.TarInfo(f"x{at}")
                member.type, member.linkname = tarfile.SYMTYPE, "y"
                archive.addfile(member)
        data = memoryview(sink.getvalue())
        return lambda: TarSource(data, where="x.tar")

    assert growth(read, 1_000) < LIMIT


@pytest.mark.slow
def test_a_report_of_many_failures_takes_linear_time(tmp_path: Path) -> None:
    def read(number: int) -> Callable[[], object]:
        events = []
        for at in range(number):
            test = {"Time": "2026-01-02T03:04:05Z", "Package": "p", "Test": f"Test{at}"}
            events.append(test | {"Action": "run"})
            events.append(test | {"Action": "output", "Output": "    a_test.go:3: boo\n"})
            events.append(test | {"Action": "fail"})
        path = tmp_path / f"{number}.json"
        path.write_bytes(b"".join(orjson.dumps(event) + b"\n" for event in events))

        def report() -> None:
            with open_bundle(path) as bundle:
                render_text(bundle, load_cases(bundle), Excerpt(last_ns=5 * SECOND))

        return report

    assert growth(read, 600) < LIMIT


@pytest.mark.slow
def test_a_report_of_one_test_that_failed_often_takes_linear_time(tmp_path: Path) -> None:
    def read(number: int) -> Callable[[], object]:
        path = tmp_path / f"{number}.log"
        run = b"=== RUN   TestA\n    a_test.go:3: boo\n--- FAIL: TestA (0.00s)\nFAIL\n"
        path.write_bytes(run * number)

        def report() -> None:
            with open_bundle(path) as bundle:
                render_text(bundle, load_cases(bundle))

        return report

    assert growth(read, 1_200) < LIMIT


def test_a_damaged_profile_takes_linear_time() -> None:
    def read(number: int) -> Callable[[], object]:
        data = b"\x0a\x04\x08\x01\x10\x02" * number

        def profile() -> None:
            with pytest.raises(ProfileError):
                read_profile(data, name="x.pprof")

        return profile

    assert growth(read, 10_000) < LIMIT
