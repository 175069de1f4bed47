"""One package's tests run with everything recorded, and one bundle that holds it."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePath

from flakecore.bundle import Manifest, encode
from flakecore.collect.evidence import drop_empty, why_missing
from flakecore.collect.host import host_facts
from flakecore.collect.options import CollectOptions
from flakecore.collect.pack import check_place, pack
from flakecore.collect.package import Package, resolve
from flakecore.collect.process import Interruption, run_recorded, signals_noted
from flakecore.collect.stream import TestStream, text_sink
from flakecore.collect.toolchain import Toolchain, find_go, toolchain_at
from flakecore.errors import CollectError


@dataclass(frozen=True, slots=True)
class CollectResult:
    """A finished collection.

    Attributes:
        bundle: the zip.
        size: its bytes.
        exit_code: the exit code of `go test`.
        manifest: what the bundle says of itself.
    """

    bundle: Path
    size: int
    exit_code: int
    manifest: Manifest


def collect(
    options: CollectOptions,
    echo: Callable[[str], None],
    note: Callable[[str], None],
    *,
    version: str = "",
) -> CollectResult:
    """Run one package's tests under `go test` and write a bundle, however they end.

    Nothing is written below the package; everything is recorded in a temporary folder. While the
    tests run, SIGINT, SIGTERM and SIGHUP end them and not this process.

    Args:
        options: what to run and where the bundle goes.
        echo: is told the output of the tests as it comes, with its line ends.
        note: is told what Go itself says, and what cannot be recorded and why, with line ends.
        version: version of the program, for the manifest.

    Raises:
        CollectError: if the tests cannot be run at all, or the bundle cannot be written.
    """
    options.reject_collisions()
    go = find_go(options.go)
    named = options.cwd / options.package
    toolchain = toolchain_at(go, named if named.is_dir() else options.cwd)
    package = resolve(go, options.package, options.cwd, options.build_flags())
    output = options.cwd / (options.output or _default_name(package.import_path))
    check_place(output)
    reason = toolchain.why_no_race(package.cwd) if options.race else ""
    if reason:
        note(f"flaketui: going on without the race detector: {reason}\n")

    staging = Path(tempfile.mkdtemp(prefix="flaketui-"))
    recorded = staging / "bundle"
    with signals_noted() as interruption:
        try:
            run = _Run(options, package, toolchain, recorded, race=options.race and not reason)
            manifest = run.go_test(echo, note, interruption, version)
            (recorded / "manifest.json").write_bytes(encode(manifest))
        except OSError as error:
            raise CollectError(
                f"the run cannot be recorded in {staging} ({error.strerror})",
                remedy="make room there, or set TMPDIR to another folder",
            ) from error
        pack(recorded, output, manifest.started_unix_ns)
    shutil.rmtree(staging)
    return CollectResult(output, output.stat().st_size, manifest.exit_code, manifest)


def _default_name(import_path: str) -> str:
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    return f"flaketui-{import_path.rsplit('/', 1)[-1]}-{moment}.zip"


@dataclass(frozen=True, slots=True)
class _Run:
    """One `go test` whose evidence goes into one folder, in the layout of a bundle."""

    options: CollectOptions
    package: Package
    toolchain: Toolchain
    recorded: Path
    race: bool

    def go_test(
        self,
        echo: Callable[[str], None],
        note: Callable[[str], None],
        interruption: Interruption,
        version: str,
    ) -> Manifest:
        """Run it to its end, and return what is to be known of it."""
        evidence = self.recorded / self.package.import_path
        evidence.mkdir(parents=True)
        binary = PurePath(f"{self.package.import_path.rsplit('/', 1)[-1]}.test")
        arguments = self.options.command(
            self.package.pattern, evidence, self.recorded.parent / binary, race=self.race
        )
        stream = TestStream(echo)
        started_ns, began = time.time_ns(), time.monotonic_ns()
        code = run_recorded(
            [self.toolchain.go, *arguments],
            cwd=self.package.cwd,
            # The stacks of all goroutines at a crash; a timeout prints them anyway.
            environment={"GOTRACEBACK": "all", **os.environ},
            stdout=(self.recorded / "test.json", stream.feed),
            stderr=(self.recorded / "go-stderr.txt", text_sink(note)),
            interruption=interruption,
        )
        stream.finish()
        duration_ns = time.monotonic_ns() - began
        missing = why_missing(evidence, stream, stopped=bool(interruption.signals))
        if self.options.race and not self.race:
            missing.append("race detector: it could not be used on this machine")
        drop_empty(self.recorded)
        shown = self.options.command(self.package.import_path, PurePath(), binary, race=self.race)
        moment = datetime.fromtimestamp(started_ns // 10**9, UTC)
        return Manifest(
            flaketui=version,
            go=self.toolchain.version,
            packages=(self.package.import_path,),
            command=("go", *shown),
            race=self.race,
            timeout=self.options.effective_timeout(),
            started=f"{moment:%Y-%m-%dT%H:%M:%S}.{started_ns % 10**9:09d}Z",
            started_unix_ns=started_ns,
            duration_ns=duration_ns,
            exit_code=code,
            interrupted=bool(interruption.signals),
            host=host_facts(self.toolchain.os, self.toolchain.arch),
            missing=tuple(missing),
        )
