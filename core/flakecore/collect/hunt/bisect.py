"""Finds which tests another one fails after: the smallest set, and the proof with and without it.

Go has no flag for an order, but a subset of the tests (``-run``) keeps their order. So the tests
that ran before the failing one are halved and halved again for as long as it still fails behind
what is left (delta debugging, Zeller 1999). Where it fails in a shuffled order only, the tests
before it are tried one at a time, under seeds that put each before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from flakecore.bundle import Settings
from flakecore.collect.capture.go_test import Ran
from flakecore.collect.capture.process import Interruption
from flakecore.collect.command.plan import Plan, Tools
from flakecore.collect.hunt.numbered_runs import NumberedRuns
from flakecore.collect.hunt.rerun import Built
from flakecore.collect.hunt.retained import RetainedRuns
from flakecore.errors import CollectError

_ALONE = 3
"""Runs of the test by itself before other tests are tried."""
_WHOLE = 20
"""Runs of all tests, the first in their own order, until it fails."""
_TRIES = 2
"""Runs of a subset that must all pass until it is taken for harmless."""
_SEEDS = 8
"""Seeds that are tried until one puts a test before another."""
_PROOFS = 10
"""Runs with what was found, and as many without."""


@dataclass(frozen=True, slots=True)
class Bisection:
    """What was found.

    Attributes:
        test: the failing test.
        polluters: the tests that it fails after; empty if none were found.
        failed_with, runs_with: failures and runs behind these alone.
        failed_without, runs_without: behind all others that ran before it.
        why_not: why none were found; empty if some were.
    """

    test: str
    polluters: tuple[str, ...] = ()
    failed_with: int = 0
    runs_with: int = 0
    failed_without: int = 0
    runs_without: int = 0
    why_not: str = ""

    def sentence(self) -> str:
        """Return it for a person."""
        if not self.polluters:
            return f"{self.test}: {self.why_not}"
        names = " and ".join(self.polluters)
        return (
            f"{self.test} failed in {self.failed_with} of {self.runs_with} runs after {names},"
            f" and in {self.failed_without} of {self.runs_without} without"
        )


@dataclass(slots=True)
class _Bisector:
    """Runs subsets of the tests of one package, and retains what they leave."""

    runs: NumberedRuns
    built: Built
    test: str
    retained: RetainedRuns
    report: Callable[[RetainedRuns, Ran], None]

    def run(self, names: Iterable[str] | None, seed: str = "") -> tuple[bool, list[str]]:
        """Run some tests and the failing one, or all; return whether it failed, and the order.

        Raises:
            _InterruptedError: a signal came.
        """
        if self.runs.interruption.signals:
            raise _InterruptedError
        pattern = ""
        if names is not None:
            pattern = f"^({'|'.join([*names, self.test.partition('/')[0]])})$"
        settings = Settings(run=pattern, shuffle=seed)
        ran = self.runs.run(self.built, lambda _: settings)
        order = begun_in_order(self.runs.root / ran.attempt.folder / "test.json")
        self.retained.add(ran, self.runs.root)
        self.report(self.retained, ran)
        return self._failed(ran), order

    def fails_after(self, names: Sequence[str]) -> bool:
        """Return whether the test fails behind some others, in the tests' own order."""
        return any(self.run(names)[0] for _ in range(_TRIES))

    def _failed(self, ran: Ran) -> bool:
        package = self.built.binaries[0].package
        own = f"{package}.{self.test}"
        return any(each == own or each.startswith(f"{own}/") for each in ran.attempt.failed)


class _InterruptedError(Exception):
    """Somebody asked the bisection to end."""


def bisect(
    plan: Plan,
    tools: Tools,
    built: Built,
    root: Path,
    test: str,
    keep: int,
    interruption: Interruption,
    report: Callable[[RetainedRuns, Ran], None],
    *,
    oom_kills: Callable[[], int],
) -> tuple[RetainedRuns, Bisection]:
    """Find the smallest set of tests that a test fails after.

    Args:
        plan: what is run.
        tools: the relay.
        built: the test binary of one package.
        root: the bundle in its unpacked layout; attempts lie below ``attempts``.
        test: full name of the failing test.
        keep: how many failing runs are retained at most.
        interruption: ends it, too.
        report: called after each run.
        oom_kills: returns how many processes were killed so far for want of memory.

    Raises:
        CollectError: there are several packages.
    """
    if len(built.binaries) != 1:
        raise CollectError(
            "--bisect is for the tests of one package", remedy="name the package of the test"
        )
    bisector = _Bisector(
        runs=NumberedRuns(plan, tools, root, interruption, oom_kills),
        built=built,
        test=test,
        retained=RetainedRuns(max(1, keep)),
        report=report,
    )
    try:
        found = _bisect(bisector, test)
    except _InterruptedError:
        found = Bisection(test, why_not="stopped before it was found out")
    return bisector.retained, found


def smallest_failing(names: Sequence[str], fails: Callable[[Sequence[str]], bool]) -> list[str]:
    """Return a subset behind which a test still fails, and behind no part of it less one piece.

    Args:
        names: tests behind all of which it fails.
        fails: whether it fails behind some of them.
    """
    kept, pieces = list(names), 2
    while len(kept) > 1:
        size = -(-len(kept) // pieces)
        chunks = [kept[at : at + size] for at in range(0, len(kept), size)]
        for at, chunk in enumerate(chunks):
            others = [name for place, part in enumerate(chunks) if place != at for name in part]
            if fails(chunk):
                kept, pieces = chunk, 2
                break
            if len(chunks) > 2 and fails(others):
                kept, pieces = others, max(pieces - 1, 2)
                break
        else:
            if pieces >= len(kept):
                break
            pieces = min(len(kept), 2 * pieces)
    return kept


def begun_in_order(stream: Path) -> list[str]:
    """Return the top-level tests of a ``test.json`` in the order they began."""
    names: dict[str, None] = {}
    for line in stream.read_bytes().splitlines():
        try:
            event = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue
        if isinstance(event, dict) and event.get("Action") == "run":
            name = event.get("Test")
            if isinstance(name, str) and "/" not in name:
                names[name] = None
    return list(names)


def _bisect(bisector: _Bisector, test: str) -> Bisection:
    top = test.partition("/")[0]
    if any(bisector.run(())[0] for _ in range(_ALONE)):
        return Bisection(test, why_not="it fails by itself; no other test is needed")
    for turn in range(_WHOLE):
        seed = str(turn) if turn else ""
        failed, order = bisector.run(None, seed)
        if failed:
            break
    else:
        return Bisection(test, why_not=f"it did not fail in {_WHOLE} runs of all tests")
    before = order[: order.index(top)] if top in order else []
    if not before:
        return Bisection(test, why_not="it failed as the first test, and passed by itself")
    if not seed:
        found = smallest_failing(before, bisector.fails_after)
    else:
        found, seed = _one_by_one(bisector, before, top)
    if not found:
        return Bisection(
            test, why_not=f"no single one of the {len(before)} tests before it makes it fail"
        )
    rest = [name for name in before if name not in found]
    with_them = [bisector.run(found, seed)[0] for _ in range(_PROOFS)]
    without = [bisector.run(rest, seed)[0] for _ in range(_PROOFS)]
    return Bisection(test, tuple(found), sum(with_them), len(with_them), sum(without), len(without))


def _one_by_one(bisector: _Bisector, before: Sequence[str], test: str) -> tuple[list[str], str]:
    """Return the test behind which another fails, and the seed that puts it there."""
    for name in before:
        for seed in map(str, range(1, _SEEDS + 1)):
            failed, order = bisector.run((name,), seed)
            if failed:
                return [name], seed
            if name in order and test in order and order.index(name) < order.index(test):
                break  # it stood before, and did no harm
    return [], ""
