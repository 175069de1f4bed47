"""Test output of chosen sizes: each kind is a form in which much of it occurs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from packages import cache_folder

_LINES_OF_A_TEST = 50


@dataclass(frozen=True, slots=True)
class Text:
    """A file of test output that is made on demand.

    Attributes:
        name: what it is.
        write: returns its pieces.
        wanted: the seconds of processor time, and where it is bounded the memory, that a report
            of it may take.
    """

    name: str
    write: Callable[[], Iterator[bytes]]
    wanted: str

    def made(self) -> Path:
        """Return the file, making it if it is not cached."""
        path = cache_folder() / "benchmarks" / f"{self.name.replace(' ', '-').replace(',', '')}"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_suffix(".part")
            with unfinished.open("wb") as file:
                file.writelines(self.write())
            unfinished.rename(path)
        return path


def plain_log(lines: int) -> Iterator[bytes]:
    """Return a log of ``go test -v`` of about so many lines, 74 bytes each on average."""
    for test in range(lines // (_LINES_OF_A_TEST + 2)):
        said = [f"=== RUN   TestWork{test}"]
        for at in range(_LINES_OF_A_TEST):
            if at % 3:
                said.append(f"    worker_test.go:{at + 10}: worker {at} took item {test} in {at}ms")
            else:
                said.append(
                    f"2026/01/02 15:04:{test % 60:02d} server: handled request {test} status=200"
                    f" path=/api/v1/items/{at}"
                )
        said.append(f"--- PASS: TestWork{test} (0.05s)\n")
        yield "\n".join(said).encode()
    yield b"=== RUN   TestLast\n    a_test.go:3: boo\n--- FAIL: TestLast (0.01s)\nFAIL\n"
    yield b"FAIL\texample.com/p\t3.2s\n"


def events(tests: int) -> Iterator[bytes]:
    """Return ``go test -json`` of so many tests in a hundredth as many packages, some failing."""
    for test in range(tests):
        name, package = f"Test{test}", f"example.com/p{test // 100}"
        minute, rest = divmod(test, 60_000)
        second = f"2026-01-02T15:{minute:02d}:{rest // 1000:02d}.{rest % 1000:03d}456Z"
        ended = "fail" if test % 1000 == 0 else "pass"
        of_test = {"Time": second, "Package": package, "Test": name}
        yield from _event(of_test, "run")
        for output in (
            f"=== RUN   {name}\n",
            f"    a_test.go:{test % 99}: value {test}\n",
            f"--- {ended.upper()}: {name} (0.00s)\n",
        ):
            yield from _event(of_test, "output", Output=output)
        yield from _event(of_test, ended, Elapsed=0)
        if test % 100 == 99:
            yield from _event({"Time": second, "Package": package}, ended, Elapsed=1)


def _event(of_test: Mapping[str, object], action: str, **more: object) -> Iterator[bytes]:
    yield orjson.dumps({"Action": action, **of_test, **more}) + b"\n"


def dump(goroutines: int) -> Iterator[bytes]:
    """Return a timeout with the stacks of so many goroutines, of sixty kinds."""
    yield b"=== RUN   TestMany\npanic: test timed out after 1m0s\n\trunning tests:\n"
    yield b"\t\tTestMany (1m0s)\n\ngoroutine 1 [running]:\ntesting.(*M).startAlarm.func1()\n"
    yield b"\t/go/src/testing/testing.go:2802 +0x34b\n\n"
    for at in range(goroutines):
        yield (
            f"goroutine {at + 20} [chan receive, 1 minutes]:\n"
            f"example.com/p.(*Worker{at % 7}).loop(0xc000{at:06x})\n"
            f"\t/src/p/worker.go:{30 + at % 9} +0x1d\n"
            "example.com/p.run(...)\n\t/src/p/run.go:12\n"
            "created by example.com/p.TestMany in goroutine 19\n\t/src/p/p_test.go:20 +0x3c\n\n"
        ).encode()
    yield b"FAIL\texample.com/p\t60.012s\nFAIL\n"


def one_line(megabytes: int) -> Iterator[bytes]:
    """Return a failed test that printed so much without a newline."""
    yield b"=== RUN   TestA\n"
    for _ in range(megabytes):
        yield b'a.go:1: "q\\" 2026-01-02 '.ljust(1000, b"x") * 1000
    yield b"\n    a_test.go:3: boo\n--- FAIL: TestA (0.00s)\nFAIL\nFAIL\tp\t0.1s\n"


TEXTS = (
    Text("a million lines of plain log", lambda: plain_log(1_000_000), "3 s"),
    Text("339 MB of plain log", lambda: plain_log(5_150_000), "15 s, 600 MB"),
    Text("100,000 tests as JSON", lambda: events(100_000), "4 s"),
    Text("a dump of 10,000 goroutines", lambda: dump(10_000), "1 s"),
    Text("100 MB on one line", lambda: one_line(100), "2 s"),
)
