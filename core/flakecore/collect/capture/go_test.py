"""One `go test` of all packages, with everything recorded into the folder of one attempt."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flakecore.bundle import Attempt, Phases, Settings
from flakecore.collect.capture.evidence import (
    Absence,
    absences,
    hung_packages,
    process_of,
    tidy_artefacts,
)
from flakecore.collect.capture.json_follower import TestStream, text_sink
from flakecore.collect.capture.process import Interruption, run_recorded
from flakecore.collect.command.flags import HIDDEN, without_secrets
from flakecore.collect.command.plan import Plan, Tools


@dataclass(frozen=True, slots=True)
class Ran:
    """An attempt that is over, its evidence in a folder.

    Attributes:
        attempt: what the manifest records of it.
        stream: what `go test` printed.
        absent: what is missing.
        unwritten: what could not be written, as sentences.
        phases: how long its parts took.
    """

    attempt: Attempt
    stream: TestStream
    absent: tuple[Absence, ...]
    unwritten: tuple[str, ...]
    phases: Phases


def commands(plan: Plan, tools: Tools, execs: str) -> list[tuple[Path, list[str]]]:
    """Return the `go test` command lines with an ``-exec``, each with the folder to run it in."""
    return [
        (
            group.cwd,
            [
                plan.toolchain.go,
                *plan.options.command(
                    group.patterns,
                    race=plan.race,
                    execs=execs,
                    overlay=str(overlay or ""),
                    drop=plan.dropped,
                ),
            ],
        )
        for group, overlay in zip(plan.groups, tools.overlays, strict=True)
    ]


def shown_command(plan: Plan) -> tuple[str, ...]:
    """Return the command line as the manifest records it, with no folder and no secret in it."""
    test, *words = plan.options.command(
        [package.import_path for package in plan.packages],
        race=plan.race,
        execs="relay",
        overlay="",
        drop=plan.dropped,
    )
    shown = without_secrets(words)
    relayed = f"-exec={HIDDEN}"
    return ("go", test, *("-exec=relay" if word == relayed else word for word in shown))


def shown_flags(plan: Plan) -> tuple[str, ...]:
    """Return what was asked of `go test`, with no secret in it."""
    asked = plan.options
    words = [f"{flag}={value}" for flag, value in asked.test_flags.items()]
    return tuple(without_secrets([*asked.rates(), *words, *asked.extra]))


def go_environment(plan: Plan, tools: Tools) -> dict[str, str]:
    """Return the environment to run `go test` in."""
    return {"GOTRACEBACK": tools.traceback, **os.environ, **plan.options.variables}


def go_test(
    plan: Plan,
    tools: Tools,
    folder: Path,
    echo: Callable[[str], None],
    note: Callable[[str], None],
    interruption: Interruption,
    *,
    oom_kills: Callable[[], int],
) -> Ran:
    """Run the tests to their end, and return how they fared.

    Args:
        plan: what to run.
        tools: the relay and the overlays.
        folder: the attempt's folder, which is there.
        echo: called with the output of the tests.
        note: called with Go's own output.
        interruption: what signals are noted in.
        oom_kills: returns how many processes were killed so far for want of memory.

    Raises:
        CollectError: if Go cannot be started.
    """
    stream = TestStream(echo)

    def on_errors(text: str) -> None:
        stream.feed_errors(text)
        note(text)

    unwritten: list[str] = []
    killed_before = oom_kills()
    started_ns, began = time.time_ns(), time.monotonic_ns()
    codes: list[int] = []
    for cwd, command in commands(plan, tools, tools.wrapper.as_exec(folder)):
        if interruption.signals and codes:
            break
        codes.append(
            run_recorded(
                command,
                cwd=cwd,
                environment=go_environment(plan, tools),
                stdout=(folder / "test.json", stream.feed),
                stderr=(folder / "go-stderr.txt", text_sink(on_errors)),
                interruption=interruption,
                unwritten=unwritten,
            )
        )
        stream.finish()
    ended = time.monotonic_ns()
    tidy_artefacts(folder)
    attempt = Attempt(
        number=1,
        started_unix_ns=started_ns,
        duration_ns=ended - began,
        exit_code=next((code for code in codes if code), 0),
        failed=stream.failed_tests(),
        hung=hung_packages(folder, plan.import_paths),
        settings=Settings(
            cpu=plan.options.asked().get("cpu", ""),
            shuffle=stream.seed,
        ),
    )
    absent = absences(
        folder,
        plan.import_paths,
        stream,
        stopped=bool(interruption.signals),
        killed_for_memory=oom_kills() > killed_before,
        relayed=plan.relayed,
        flight_ns=tools.flight_ns,
    )
    return Ran(attempt, stream, tuple(absent), tuple(unwritten), phases(folder, plan, began, ended))


def phases(folder: Path, plan: Plan, began: int, ended: int) -> Phases:
    """Return what took how long, by what the relays noted; all of it is building if nothing ran."""
    processes = [process_of(folder / "packages" / path) for path in plan.import_paths]
    first = min((each.started_ns for each in processes if each.started_ns), default=ended)
    last = max((each.ended_ns for each in processes), default=0) or ended
    return Phases(
        build_ns=max(0, first - began),
        run_ns=max(0, last - first),
        teardown_ns=max(0, ended - last),
    )
