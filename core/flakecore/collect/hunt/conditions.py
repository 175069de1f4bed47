"""What tests run under when they run again and again, so that rare failures come out.

In every other round all axes are drawn evenly and by themselves, each at its default half of the
time, so that what goes with a failure can be separated from what was merely there; but of
GOMAXPROCS and -cpu, which set the same, one at most is drawn. In the rounds between, once a run has
failed, the hunt uses what it has learned: it draws for each value of each axis a rate that fits its
failures and passes so far (Thompson's sampling), and takes the value with the highest; so
conditions under which the tests fail get more of the runs, and all others are still tried. Such
rounds prove nothing of what goes with a failure: with one value that matters they have all the
others that were taken with it (``Attempt.drawn``).

All is drawn from the seed and the number of the round. The first round is as the person would run
it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

from flakecore.bundle import Settings

BUSY = "import os, sys\nwhile os.getppid() == int(sys.argv[1]):\n  for _ in range(10**6): pass\n"
"""A program that keeps a processor busy while the process of that number is its parent. It
is given the number, since the parent may be gone before it could ask."""


@dataclass(slots=True)
class ConditionOutcomes:
    """How often the tests failed and passed under each value of each axis.

    Attributes:
        failed, passed: runs by (axis, value).
    """

    failed: Counter[tuple[str, Hashable]] = field(default_factory=Counter)
    passed: Counter[tuple[str, Hashable]] = field(default_factory=Counter)

    def add(self, settings: Settings, *, failed: bool) -> None:
        """Count a run."""
        counts = self.failed if failed else self.passed
        counts.update((axis, getattr(settings, axis)) for axis in _AXES)

    def draw_rate(self, dice: Random, axis: str, value: Hashable) -> float:
        """Return a rate of failure that fits the runs under a value, drawn by its likelihood."""
        key = (axis, value)
        return dice.betavariate(self.failed[key] + 1, self.passed[key] + 1)


_AXES = (
    "gomaxprocs",
    "cpu",
    "parallel",
    "gogc",
    "memory_limit",
    "instances",
    "load",
    "nice",
    "processors",
    "pauses",
    "scheduler",
)


def axes(
    cpus: int, *, cpu: str = "", randomises: bool = False, fixed: frozenset[str] = frozenset()
) -> dict[str, tuple[Hashable, ...]]:
    """Return the values of each axis, its default first.

    Args:
        cpus: processors of the machine.
        cpu: the ``-cpu`` of the person's own, which stays.
        randomises: whether the order in which goroutines run can be made random, and is not so
            anyway.
        fixed: flags of `go test` that the person has given, whose axes stay at the default.
    """
    few = tuple(dict.fromkeys((1, max(1, cpus // 2))))
    found: dict[str, tuple[Hashable, ...]] = {
        "gomaxprocs": tuple(dict.fromkeys((0, 1, 2, 4, 2 * cpus))),
        "cpu": (cpu,) if cpu else ("", "1", "2", "4"),
        "parallel": (0,) if "parallel" in fixed else (0, 1, 4 * cpus),
        "gogc": ("", "10", "off"),
        "memory_limit": ("", "32MiB"),
        "instances": tuple(dict.fromkeys((1, cpus, 2 * cpus))),
        "load": (0, cpus, 2 * cpus),
        "nice": (0, 10),
        "processors": (0, *(each for each in few if each < cpus)),
        "pauses": (0, 3, 20),
        "scheduler": ("", "random") if randomises else ("",),
    }
    return found


def stressed(
    seed: int,
    turn: int,
    values: Mapping[str, tuple[Hashable, ...]],
    outcomes: ConditionOutcomes,
    *,
    shuffle: bool,
) -> Settings:
    """Return what the attempts of one round run under.

    Args:
        seed: what all rounds are drawn from.
        turn: the number of the round, from 0.
        values: the values of each axis, its default first.
        outcomes: how the rounds before ended.
        shuffle: whether the order of the tests may be changed.
    """
    if turn == 0:
        return Settings(**{axis: each[0] for axis, each in values.items()})  # type: ignore[arg-type]
    learned = is_learned(turn, outcomes)
    dice = Random(f"{seed} {turn}")
    chosen: dict[str, Hashable] = {}
    best: dict[str, float] = {}
    for axis, each in values.items():
        default, others = each[0], each[1:]
        if learned:
            rates = {value: outcomes.draw_rate(dice, axis, value) for value in each}
            chosen[axis] = max(each, key=rates.__getitem__)
            best[axis] = rates[chosen[axis]]
        else:
            chosen[axis] = dice.choice(others) if others and dice.random() < 0.5 else default
            best[axis] = dice.random()
    if chosen["gomaxprocs"] != 0 and chosen["cpu"] != "":
        # -cpu has the last word: half of what is drawn for GOMAXPROCS would have no effect.
        is_fixed = len(values["cpu"]) == 1
        axis = "gomaxprocs" if is_fixed or best["cpu"] > best["gomaxprocs"] else "cpu"
        chosen[axis] = values[axis][0]
    seed_of_order = str(dice.randrange(1, 1 << 31)) if shuffle and dice.random() < 0.5 else ""
    return Settings(shuffle=seed_of_order, **chosen)  # type: ignore[arg-type]


def is_learned(turn: int, outcomes: ConditionOutcomes) -> bool:
    """Return whether a round takes what fits the failures so far, and not what is drawn evenly."""
    return turn > 0 and turn % 2 == 0 and bool(outcomes.failed)


@contextmanager
def background_load(count: int) -> Iterator[None]:
    """Keep some processors busy until the block is left, or this process ends."""
    busy = [
        subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", BUSY, str(os.getpid())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            process_group=0,
        )
        for _ in range(count)
    ]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
        for process in busy:
            process.wait()
