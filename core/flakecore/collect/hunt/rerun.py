"""Builds test binaries once, and runs them as one attempt as often as it is asked to."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from flakecore.bundle import Attempt, Settings
from flakecore.collect.binaries.exec_wrapper import BuiltBinary
from flakecore.collect.capture.evidence import absences, hung_packages, tidy_artefacts
from flakecore.collect.capture.go_test import Ran, commands, go_environment, phases
from flakecore.collect.capture.json_follower import TestStream, text_sink
from flakecore.collect.capture.process import Interruption, run_recorded
from flakecore.collect.command.plan import Plan, Tools
from flakecore.collect.command.toolchain import run_go
from flakecore.collect.hunt.launch import environment_of, pauses, processors_of
from flakecore.collect.hunt.relay_client import RelayRequest, RelayServer
from flakecore.collect.hunt.relayed_run import run_relayed
from flakecore.errors import CollectError

# Files of the `go test` that built the binaries, which are gone by the time that these run.
_OF_MEMORY = "-test.memprofile"
_WHOLE_EVERY = 8
"""One in so many runs leaves all of its evidence where it passes, too: a few of those that pass
are retained, and none of the others is."""
_OF_THE_BUILD = ("-test.testlogfile=", "-test.gocoverdir=", "-test.coverprofile=")


@dataclass(frozen=True, slots=True)
class Built:
    """Test binaries that can be run again and again.

    Attributes:
        binaries: one for each package with tests.
        test2json: the program that turns their output into JSON.
        server: what starts them.
    """

    binaries: tuple[BuiltBinary, ...]
    test2json: str
    server: RelayServer


def build(
    plan: Plan,
    tools: Tools,
    note: Callable[[str], None],
    interruption: Interruption,
    server: RelayServer,
) -> Built | None:
    """Build every package's test binary, or return None if there is none or one does not build."""
    work = tools.wrapper.binaries
    work.mkdir()
    stream = TestStream(lambda _: None)
    for cwd, command in commands(plan, tools, tools.wrapper.as_storing_exec()):
        run_recorded(
            command,
            cwd=cwd,
            environment=go_environment(plan, tools),
            stdout=(work / "build.json", stream.feed),
            stderr=(work / "build.txt", text_sink(note)),
            interruption=interruption,
            unwritten=[],
        )
        stream.finish()
    binaries = tools.wrapper.stored_binaries()
    unbuilt = any(not verdict.built for verdict in stream.packages.values())
    if unbuilt or not binaries or interruption.signals:
        return None
    tool = run_go(plan.toolchain.go, ["tool", "-n", "test2json"], plan.groups[0].cwd)
    program = tool.stdout.strip()
    if tool.returncode != 0 or not program:
        raise CollectError(f"this Go has no test2json ({tool.stderr.strip()})")
    if not Path(program).exists():
        # Since 1.25 it is built when it is first asked for.
        run_go(plan.toolchain.go, ["tool", "test2json", "-h"], plan.groups[0].cwd)
    return Built(tuple(binaries), program, server)


def run_again(
    plan: Plan,
    tools: Tools,
    built: Built,
    folder: Path,
    number: int,
    settings: Settings,
    interruption: Interruption,
    oom_kills: Callable[[], int],
) -> Ran:
    """Run all test binaries as one attempt, several at once as `go test` does.

    Args:
        plan: what is run.
        tools: the relay.
        built: the binaries.
        folder: the attempt's folder, which is there.
        number: the attempt's number.
        settings: what it runs under.
        interruption: what signals are noted in.
        oom_kills: returns how many processes were killed so far for want of memory.
    """
    unwritten: list[str] = []
    killed_before = oom_kills()
    started_ns, began = time.time_ns(), time.monotonic_ns()
    single = len(built.binaries) == 1
    lean = tools.reports_tests and number % _WHOLE_EVERY != 1

    def run_one(built_binary: BuiltBinary) -> tuple[int, TestStream, Path]:
        stream = TestStream(lambda _: None)
        # Streams of several packages would mix within lines; they are joined when all are over.
        place = folder if single else folder / "packages" / built_binary.package
        place.mkdir(parents=True, exist_ok=True)
        evidence = folder / "packages" / built_binary.package
        code = run_relayed(
            built.server,
            RelayRequest(
                folder=evidence,
                command=_command(tools, built_binary, evidence, settings, lean=lean),
                cwd=built_binary.cwd,
                environment=environment_of(built_binary.environment, settings, lean=lean),
                nice=settings.nice,
                processors=processors_of(settings),
            ),
            (built.test2json, "-t", "-p", built_binary.package),
            stdout=(place / "test.json", stream.feed),
            interruption=interruption,
            unwritten=unwritten,
            beside=lambda group: pauses(group, settings.pauses, f"{number} {built_binary.package}"),
        )
        stream.finish()
        return code, stream, place

    with ThreadPoolExecutor(_at_once(plan, len(built.binaries))) as pool:
        ended = list(pool.map(run_one, built.binaries))
    finish = time.monotonic_ns()
    merged = TestStream(lambda _: None)
    for _, stream, _ in ended:
        merged.packages |= stream.packages
        merged.seed = merged.seed or stream.seed
    if not single:
        _join([place for _, _, place in ended], folder)
    tidy_artefacts(folder)
    tested = tuple(built_binary.package for built_binary in built.binaries)
    absent = absences(
        folder,
        tested,
        merged,
        stopped=bool(interruption.signals),
        killed_for_memory=oom_kills() > killed_before,
        relayed=plan.relayed,
        lean=lean,
        flight_ns=tools.flight_ns,
    )
    attempt = Attempt(
        number=number,
        folder=f"{folder.parent.name}/{folder.name}",
        started_unix_ns=started_ns,
        duration_ns=finish - began,
        exit_code=int(any(code for code, _, _ in ended)),
        failed=merged.failed_tests(),
        hung=hung_packages(folder, tested),
        settings=settings,
    )
    parts = phases(folder, plan, began, finish)
    return Ran(attempt, merged, tuple(absent), tuple(unwritten), parts)


def _at_once(plan: Plan, count: int) -> int:
    """Return how many test binaries run at the same time: as many as ``-p`` allows."""
    asked = plan.options.asked().get("p", "")
    return max(1, min(count, int(asked) if asked.isdigit() else os.cpu_count() or 1))


def _command(
    tools: Tools, built_binary: BuiltBinary, evidence: Path, settings: Settings, *, lean: bool
) -> list[str]:
    """Return what runs a test binary; a lean run's probe writes the profile of memory itself."""
    binary, *arguments = (
        word for word in built_binary.command if not word.startswith(_OF_THE_BUILD)
    )
    ours = [f"-test.cpu={settings.cpu}"] if settings.cpu else []
    ours += [f"-test.shuffle={settings.shuffle}"] if settings.shuffle else []
    ours += [f"-test.run={settings.run}"] if settings.run else []
    ours += [f"-test.parallel={settings.parallel}"] if settings.parallel else []
    # The last of two flags holds, and what follows the flags is the tests' own.
    flags = [word for word in arguments if word.startswith("-test.")]
    own = arguments[len(flags) :]
    recorded = [
        f"{flag}={evidence / file}"
        for flag, file in tools.wrapper.flags
        if not (lean and flag == _OF_MEMORY)
    ]
    return [*tools.wrapper.users_exec, binary, *recorded, *flags, *ours, *own]


def _join(places: Sequence[Path], folder: Path) -> None:
    """Join the streams of several packages into one."""
    with (folder / "test.json").open("ab") as target:
        for place in places:
            target.write((place / "test.json").read_bytes())
            (place / "test.json").unlink()
