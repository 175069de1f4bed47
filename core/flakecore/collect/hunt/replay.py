"""Reads from a bundle what to run, and under which settings its failing attempt ran.

Besides its flags those count that GOFLAGS gave it, and the variables that Go and its runtime heed,
whatever they are now. Of GOFLAGS what stands in it now applies anyway, and what is given now
takes its place. What cannot be put back, such as the machine, is reported by whoever compares the
conditions of both.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from flakecore.bundle import Manifest, Settings, attempt_to_replay, open_bundle
from flakecore.collect.command.flags import HIDDEN, flag_name, flags_of, is_of_go, quoted_words
from flakecore.collect.command.options import CollectOptions, HuntOptions
from flakecore.errors import CollectError

_RUNS = 10
"""Runs of a replay, unless another number is asked for."""
_PUT_BACK = {
    *("GODEBUG", "GOTRACEBACK", "GORACE", "GOEXPERIMENT", "GO111MODULE", "GOFIPS140"),
    *("GOAMD64", "GOARM", "GOARM64", "GO386", "GOPPC64", "GORISCV64"),
}
"""Variables of the run that are put back. Not the system and the processor, which stay as they are;
the toolchain, which may not be here; nor cgo, which needs a C compiler."""


def replayed(options: CollectOptions, bundle: Path) -> tuple[CollectOptions, Settings]:
    """Return options that run a bundle's tests again, and the settings of its failing attempt.

    Packages and flags that are given now take the place of the bundle's.

    Raises:
        CollectError: if the bundle does not record what was run, or nothing in it failed.
        BundleError: if it cannot be opened.
    """
    with open_bundle(bundle) as opened:
        manifest = opened.manifest
    if manifest is None or not manifest.packages:
        raise CollectError(
            f"{bundle} does not record which tests were run",
            remedy="only a bundle of collect can be replayed",
        )
    failing = attempt_to_replay(manifest)
    if failing is None:
        raise CollectError(
            f"{bundle} has no failing attempt to replay",
            remedy="hunt for one with: flaketui collect --until-fail --stress",
        )
    given = {flag_name(word) for word in (*options.test_flags, *options.extra)}
    before = flags_of(manifest.flags)
    own = () if "args" in given else manifest.flags[len(before) :]
    before = [*_of_goflags(manifest, {flag_name(word) for word in before} | given), *before]
    set_now = {flag_name(word) for word in options.rates()}
    flags = [
        word
        for word in before
        if flag_name(word) not in set_now and not (_is_hidden(word) and flag_name(word) in given)
    ]
    hidden = [word.partition("=")[0] for word in flags if _is_hidden(word)]
    if hidden := [*hidden, *("-args" for word in own if _is_hidden(word))]:
        raise CollectError(
            f"{bundle} does not hold the value of {hidden[0]}", remedy=f"give {hidden[0]} again"
        )
    return (
        replace(
            options,
            packages=options.packages if options.packages != (".",) else manifest.packages,
            # What follows -args is the tests' own, and comes last.
            extra=(*flags, *options.extra, *own),
            timeout=options.timeout or manifest.timeout,
            race=options.race and manifest.race,
            probe=options.probe and manifest.probe,
            hunt=options.hunt or HuntOptions(max_runs=_RUNS),
            variables={
                name: text for name, text in manifest.environment.items() if name in _PUT_BACK
            },
        ),
        _with_variables(replace(failing.settings, delay=""), manifest),
    )


def _of_goflags(manifest: Manifest, given: set[str]) -> list[str]:
    """Return the flags of `go test` that a bundle's GOFLAGS holds and that are not set anyway."""
    now = {flag_name(word) for word in quoted_words(os.environ.get("GOFLAGS", "")) or ()}
    words = manifest.environment.get("GOFLAGS", "").split()
    return [
        word
        for word in words
        if is_of_go(flag_name(word)) and flag_name(word) not in {*now, *given, "race", "v"}
    ]


def _with_variables(settings: Settings, manifest: Manifest) -> Settings:
    """Return settings with what the environment of the run set, where it set nothing itself."""
    variables = manifest.environment
    procs = variables.get("GOMAXPROCS", "")
    return replace(
        settings,
        gomaxprocs=settings.gomaxprocs
        or (int(procs) if procs.isdecimal() else _chosen_gomaxprocs(manifest, settings)),
        gogc=settings.gogc or variables.get("GOGC", ""),
        memory_limit=settings.memory_limit or variables.get("GOMEMLIMIT", ""),
    )


def _chosen_gomaxprocs(manifest: Manifest, settings: Settings) -> int:
    """Return GOMAXPROCS as Go chose it in a run, where it would choose otherwise here; else 0.

    It is the number of processors, unless a control group grants less.
    """
    host = manifest.host
    if settings.processors:
        return 0
    here = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return host.cpus if host.cpus != here and not 0 < host.cgroup_cpus < host.cpus else 0


def _is_hidden(word: str) -> bool:
    return word == HIDDEN or word.endswith(f"={HIDDEN}")
