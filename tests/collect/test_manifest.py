"""A bundle says which command ran, with which Go, where and when."""

from __future__ import annotations

import time
from datetime import datetime

from collect.running import Ending
from flakecore.bundle import open_bundle
from toolchains import NEWEST


def test_it_is_what_collect_returns(ending: Ending) -> None:
    result = ending("passing").result
    with open_bundle(result.bundle) as bundle:
        assert bundle.manifest == result.manifest


def test_it_names_program_go_and_package(ending: Ending) -> None:
    manifest = ending("passing").result.manifest
    assert manifest.flaketui == "1.2.3"
    assert manifest.go == f"go{NEWEST}"
    assert manifest.packages == ("example.com/endings/passing",)


def test_its_command_holds_no_folder(ending: Ending) -> None:
    manifest = ending("passing").result.manifest
    assert manifest.command[:2] == ("go", "test")
    assert "-exec=relay" in manifest.command
    assert manifest.command[-1] == "example.com/endings/passing"
    assert not any("/" in argument for argument in manifest.command[:-1])
    assert "-test.trace=trace.out" in manifest.binary_flags


def test_it_tells_the_limit_that_held(ending: Ending) -> None:
    assert ending("passing").result.manifest.timeout == "10m"
    assert ending("hangs").result.manifest.timeout == "2s"


def test_it_tells_when_and_how_long(ending: Ending) -> None:
    manifest = ending("hangs").result.manifest
    told = datetime.fromisoformat(manifest.started)
    assert abs(told.timestamp() - manifest.started_unix_ns / 1e9) < 0.001
    assert 0 < time.time_ns() - manifest.started_unix_ns < 3600 * 10**9
    assert 2 * 10**9 <= manifest.duration_ns < 120 * 10**9


def test_it_tells_the_machine_and_not_whose_it_is(ending: Ending) -> None:
    host = ending("passing").result.manifest.host
    assert (host.os, host.arch) != ("", "")
    assert host.cpus >= 1
    assert host.memory_bytes > 1 << 20
