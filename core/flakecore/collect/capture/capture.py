"""Tests run with everything recorded, and one bundle that holds it, however they end."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from flakecore.bundle import Experiment, Host, HostLoad, Manifest, Recorded, Settings, encode
from flakecore.collect.capture.evidence import recorded
from flakecore.collect.capture.go_test import Ran, go_test, shown_command, shown_flags
from flakecore.collect.capture.json_follower import TestStream
from flakecore.collect.capture.process import Interruption, signals_noted
from flakecore.collect.capture.pull import check_address, pulling
from flakecore.collect.command.options import CollectOptions, HuntOptions, written_by_binary
from flakecore.collect.command.plan import Plan, Tools, make_plan, make_tools
from flakecore.collect.hunt.bisect import Bisection, bisect
from flakecore.collect.hunt.confirm import confirm
from flakecore.collect.hunt.hunt import HuntProgress, hunt
from flakecore.collect.hunt.relay_client import relay_server
from flakecore.collect.hunt.replay import replayed
from flakecore.collect.hunt.rerun import build
from flakecore.collect.hunt.retained import RetainedRuns
from flakecore.collect.hunt.run_notes import RecordRun
from flakecore.collect.provenance.host import host_facts, host_load, oom_kills, recorded_environment
from flakecore.collect.provenance.revision import revision_at
from flakecore.collect.provenance.sources import copy_sources
from flakecore.collect.zip_writer import (
    WORK,
    make_room,
    pack,
    remove_folder,
    unfinished_folder,
    write_manifest,
)
from flakecore.errors import CollectError


@dataclass(frozen=True, slots=True)
class CollectResult:
    """A finished collection.

    Attributes:
        bundle: the zip.
        size: its bytes.
        exit_code: the exit code of `go test`.
        manifest: what the bundle records of itself.
        stream: what the tests printed; of several attempts the first that failed.
        folders: where each package lies, by its import path.
        bisection: which tests another one fails after, where that was asked.
    """

    bundle: Path
    size: int
    exit_code: int
    manifest: Manifest
    stream: TestStream
    folders: Mapping[str, str]
    bisection: Bisection | None = None


def collect(
    options: CollectOptions,
    echo: Callable[[str], None],
    note: Callable[[str], None],
    *,
    version: str = "",
    report: Callable[[HuntProgress], None] = lambda _: None,
    record: RecordRun | None = None,
) -> CollectResult:
    """Run the tests of some packages under `go test` and write a bundle, however they end.

    Nothing is written below the packages. What is recorded lies in a folder beside the bundle's
    place until the bundle is written, and stays there if it cannot be; the folder opens like a
    bundle. While the tests run, SIGINT, SIGTERM and SIGHUP end them and not this process.

    Args:
        options: what to run and where the bundle goes.
        echo: called with the output of the tests as it comes, with its line ends.
        note: called with Go's own output, and what cannot be recorded and why, with line ends.
        version: version of the program, for the manifest.
        report: called with how a hunt for a failure is getting on.
        record: makes the lines that are kept of every run of a hunt, of its folder and number.

    Raises:
        CollectError: if the tests cannot be run at all, or the bundle cannot be written.
    """
    fixed = None
    if options.replay is not None:
        options, fixed = replayed(options, options.cwd / options.replay)
    if options.pull:
        check_address(options.pull)
    plan = make_plan(options, note)
    before, killed = host_load(), oom_kills()
    manifest = _first_manifest(plan, before, version)
    root = unfinished_folder(plan.output, encode(manifest))
    with signals_noted() as interruption:
        try:
            tools = make_tools(plan, root / WORK, note)
            manifest = replace(
                manifest,
                probe=tools.probe,
                flight_ns=tools.flight_ns,
                binary_flags=_binary_flags(tools.flight_ns),
            )
            write_manifest(root, encode(manifest))
            lacking = copy_sources(root, plan.packages) if options.source else []
            note(_announcement(plan))
            with pulling(options.pull, root / "pulled") as pulled:
                hunted = None
                if options.hunt is not None:
                    hunted = _hunted(
                        plan, tools, root, options.hunt, fixed, interruption, note, report, record
                    )
                if hunted is not None:
                    retained: RetainedRuns | None = hunted.retained
                    attempts = hunted.retained.in_order()
                    lacking += hunted.missing
                else:
                    retained = None
                    ran = go_test(plan, tools, root, echo, note, interruption, oom_kills=oom_kills)
                    attempts = [ran]
            manifest = replace(
                manifest,
                interrupted=bool(interruption.signals),
                host=_host(plan, before, max(-1, oom_kills() - killed)),
                seed=options.hunt.seed if options.hunt is not None and options.hunt.stress else 0,
                runs=retained.runs if retained else 1,
                failures=retained.failures if retained else int(attempts[0].attempt.exit_code != 0),
                experiments=hunted.experiments if hunted is not None else (),
                attempts=tuple(retained.recorded) if retained else (attempts[0].attempt,),
            )
            first = next((ran for ran in attempts if ran.attempt.exit_code), attempts[0])
            lacking += [*plan.missing, *tools.missing, *pulled.missing]
            if make_room(root):
                lacking.append("what was written last: the disk was full at the end of the run")
            manifest = finished(manifest, root, plan, lacking, attempts, first)
            write_manifest(root, encode(manifest))
        except OSError as error:
            raise CollectError(
                f"the run cannot be recorded ({error.strerror})",
                remedy=f"what there is, is kept in {root}, which opens like a bundle",
            ) from error
        except CollectError:
            remove_folder(root)
            raise
        pack(root, plan.output, manifest.started_unix_ns)
    remove_folder(root)
    size = plan.output.stat().st_size
    folders = {package.import_path: package.folder for package in plan.packages}
    return CollectResult(
        plan.output,
        size,
        manifest.exit_code,
        manifest,
        first.stream,
        folders,
        hunted.bisection if hunted is not None else None,
    )


@dataclass(frozen=True, slots=True)
class _Hunted:
    """What came of running the tests again and again.

    Attributes:
        retained: the runs.
        experiments: explanations that were put to the test.
        bisection: which tests another one fails after.
        missing: what is not noted of the runs, as sentences.
    """

    retained: RetainedRuns
    experiments: tuple[Experiment, ...] = ()
    bisection: Bisection | None = None
    missing: tuple[str, ...] = ()


def _hunted(
    plan: Plan,
    tools: Tools,
    root: Path,
    hunting: HuntOptions,
    fixed: Settings | None,
    interruption: Interruption,
    note: Callable[[str], None],
    report: Callable[[HuntProgress], None],
    record: RecordRun | None,
) -> _Hunted | None:
    """Build the test binaries and run them as was asked; None where they cannot be built."""
    if fixed is not None and not tools.can_randomise:
        fixed = replace(fixed, scheduler="")  # without the overlay it has no effect
    with relay_server(tools.wrapper) as server:
        built = build(plan, tools, note, interruption, server)
        if built is None:
            return None
        if hunting.bisect:
            retained, bisection = bisect(
                plan,
                tools,
                built,
                root,
                hunting.bisect,
                hunting.keep,
                interruption,
                _reported(report),
                oom_kills=oom_kills,
            )
            return _Hunted(retained, bisection=bisection)
        if hunting.confirm is not None:
            retained, experiments = confirm(
                plan,
                tools,
                built,
                root,
                root / WORK / "delays",
                hunting.confirm,
                hunting.keep,
                hunting.limit_ns,
                interruption,
                report,
                oom_kills=oom_kills,
            )
            return _Hunted(retained, experiments)
        retained, notes = hunt(
            plan,
            tools,
            built,
            root,
            hunting,
            fixed,
            interruption,
            report,
            oom_kills=oom_kills,
            record=record,
        )
        return _Hunted(retained, missing=tuple(notes.missing()))


def _reported(report: Callable[[HuntProgress], None]) -> Callable[[RetainedRuns, Ran], None]:
    """Return what reports each run of a bisection as the progress of a hunt."""
    began = time.monotonic_ns()

    def of_run(retained: RetainedRuns, ran: Ran) -> None:
        elapsed = time.monotonic_ns() - began
        failed = ran.attempt.failed if ran.attempt.exit_code else ()
        report(HuntProgress(retained.runs, retained.failures, 0, 0, 0, elapsed, 0, failed))

    return of_run


_NO_EVIDENCE = ("manifest.json", "go.mod")
"""Files of an unfinished bundle that are none of what was recorded."""


def finished(
    manifest: Manifest,
    root: Path,
    plan: Plan,
    lacking: Sequence[str],
    attempts: Sequence[Ran],
    first: Ran,
) -> Manifest:
    """Return the manifest of a run that is over.

    Args:
        manifest: what was known before.
        root: the bundle in its unpacked layout.
        plan: what was run.
        lacking: what the whole run lacks, as sentences.
        attempts: the attempts whose artefacts are there.
        first: the attempt whose phases and exit code stand for the run.
    """
    several = len(plan.import_paths) > 1
    sentences = [*lacking]
    artefacts: list[Recorded] = []
    for ran in attempts:
        where = f"attempt {ran.attempt.number}: " if len(attempts) > 1 else ""
        unintended = [each for each in ran.absent if not each.by_choice]
        of_run = [*ran.unwritten, *(each.sentence(several=several) for each in unintended)]
        sentences += [f"{where}{sentence}" for sentence in of_run]
        artefacts += recorded(root, ran.attempt.folder, ran.attempt.number, [*ran.absent])
    if attempts[
        0
    ].attempt.folder:  # else they are among those of the one attempt, which lies beside
        artefacts += recorded(root, "pulled", 0, [])
    return replace(
        manifest,
        finished=True,
        duration_ns=time.time_ns() - manifest.started_unix_ns,
        exit_code=first.attempt.exit_code,
        phases=first.phases,
        artefacts=tuple(each for each in artefacts if each.name not in _NO_EVIDENCE),
        missing=tuple(sentences),
    )


def _first_manifest(plan: Plan, before: HostLoad, version: str) -> Manifest:
    """Return what is known before the tests run, which is all that a killed collector leaves."""
    started_ns = time.time_ns()
    moment = datetime.fromtimestamp(started_ns // 10**9, UTC)
    return Manifest(
        flaketui=version,
        go=plan.toolchain.version,
        packages=plan.import_paths,
        command=shown_command(plan),
        flags=shown_flags(plan),
        flight_ns=plan.options.flight_ns,
        binary_flags=_binary_flags(plan.options.flight_ns),
        race=plan.race,
        timeout=plan.options.effective_timeout(),
        started=f"{moment:%Y-%m-%dT%H:%M:%S}.{started_ns % 10**9:09d}Z",
        started_unix_ns=started_ns,
        finished=False,
        environment=recorded_environment(
            plan.toolchain.settings, {**os.environ, **plan.options.variables}
        ),
        host=_host(plan, before, -1),
        revision=revision_at(plan.groups[0].cwd),
        missing=(
            *plan.missing,
            "the end of the run: the collector was ended before the tests were",
        ),
    )


def _binary_flags(flight_ns: int) -> tuple[str, ...]:
    return tuple(f"{flag}={name}" for flag, name in written_by_binary(flight_ns).items())


def _host(plan: Plan, before: HostLoad, killed: int) -> Host:
    toolchain = plan.toolchain
    return host_facts(toolchain.os, toolchain.arch, before=before, after=host_load(), killed=killed)


def _announcement(plan: Plan) -> str:
    count = len(plan.import_paths)
    what = plan.import_paths[0] if count == 1 else f"{count:,} packages"
    how = "a relay (-exec) adds" if plan.relayed else "a wrapper (-exec) adds"
    record = "profiles" if plan.options.flight_ns else "trace and profiles"
    return f"flaketui: go test of {what}; {how} {record} to each test binary\n"
