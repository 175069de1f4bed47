"""Ten failures that people look into: what leads from opening the bundle to the cause on screen."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

import flakecore
from capture_cache import Recipe, cached_capture
from collected_bundles import collect_into
from flaketui.app.explorer import Explorer
from toolchains import NEWEST, go_toolchain
from tui.driving import exploring, press, screen_text

TASKS = Path(__file__).parents[1] / "samples" / "tasks"
COLLECT = Path(flakecore.__file__).parent / "collect"
SIZES = ((80, 24), (120, 40))
MOST_KEYS = 3


class Task(NamedTuple):
    """A module, and what tells its cause.

    Attributes:
        module: its folder.
        cause: regular expressions that all match the screen, whatever its lines are broken by.
        source: text of the line of code that the cause is about.
        keys: what is pressed after opening, by the size of the screen; nothing for most.
    """

    module: str
    cause: tuple[str, ...]
    source: str
    keys: dict[tuple[int, int], tuple[str, ...]] = {}  # noqa: RUF012 (read only)


TASKS_OF_PEOPLE = (
    Task("signal", (r"G\d+ waits for a signal of q\.cond \(signal_test\.go:25\)",), "q.cond.Wait"),
    Task("after", (r"time\.After of 10ms came before <-result",), "time.After(10"),
    Task(
        "port",
        (r"binds port 18437 \(port_test\.go:10\), in use", r"TestFirstServer, begun before it"),
        "net.Listen",
    ),
    Task(
        "ctx",
        (
            r"G\d+ ranges over in \(ctx_test\.go:11\)",
            r"nothing in the package closes it",
        ),
        "range in",
    ),
    Task("rlock", (r"Self-deadlock: G\d+ waits .{0,4}rlock_test\.go:22",), "c.mu.RLock()"),
    Task("order", (r"TestSmallLimit, which ran before it, changes limit",), "limit = 3"),
    Task("leakpass", (r"left G\d+ stuck sending at leakpass_test\.go:10",), "found <- i"),
    Task(
        "shared", (r"writes? at shared_test\.go:15", r"reads? at shared_test\.go:13"), "total = s"
    ),
    Task("slow", (r"measures wall time",), "took > 20"),
    Task("twice", (r"closes s\.done \(twice_test\.go:10\)",), "close(s."),
)


def bundle(module: str) -> Path:
    """Return a bundle that ``flaketui collect`` made of a module."""
    go, folder = go_toolchain(NEWEST), TASKS / module

    def collect(home: Path) -> None:
        collect_into(home / "bundle.zip", folder, "-timeout", "3s", ".", race=True)

    recipe = Recipe(f"task-{module}-{NEWEST}", (folder, COLLECT), (go,))
    return cached_capture(recipe, collect) / "bundle.zip"


@pytest.mark.slow
@pytest.mark.needs_go
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("task", TASKS_OF_PEOPLE, ids=lambda task: task.module)
async def test_the_cause_is_on_screen_after_few_keys(task: Task, size: tuple[int, int]) -> None:
    keys = task.keys.get(size, ())
    assert len(keys) <= MOST_KEYS
    async with exploring(Explorer(bundle(task.module)), size=size) as pilot:
        app = await press(pilot, *keys)
        text = screen_text(app)
        told = " ".join([*text.split(), *app.layout["why"].plain_text.split()])
        for wanted in task.cause:
            assert re.search(wanted, told), text
        if not keys:
            assert app.layout["why"].is_on_screen
            assert task.source in app.layout["source"].plain_text
            assert "GC heap" in text


def test_most_causes_need_no_key() -> None:
    assert sum(bool(task.keys) for task in TASKS_OF_PEOPLE) <= 2
