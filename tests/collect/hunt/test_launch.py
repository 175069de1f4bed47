"""How an attempt's processes are started under its settings."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from flakecore.bundle import Settings
from flakecore.collect.hunt.launch import environment_of, pauses, prefix_of

SHOW = "import os; print(os.nice(0), len(os.sched_getaffinity(0)))"


def test_variables_are_those_of_the_settings() -> None:
    settings = Settings(gomaxprocs=3, gogc="10", memory_limit="32MiB")
    assert environment_of({"HOME": "/h", "GOGC": "50"}, settings) == {
        "HOME": "/h",
        "GOGC": "10",
        "GOMAXPROCS": "3",
        "GOMEMLIMIT": "32MiB",
        "GORACE": "atexit_sleep_ms=0",
    }


@pytest.mark.parametrize(
    ("own", "found"),
    [
        ("", "atexit_sleep_ms=0"),
        ("log_path=x", "log_path=x atexit_sleep_ms=0"),
        ("atexit_sleep_ms=50", "atexit_sleep_ms=50"),
    ],
)
def test_what_the_person_says_of_the_race_runtime_holds(own: str, found: str) -> None:
    assert environment_of({"GORACE": own}, Settings())["GORACE"] == found


def test_priority_and_processors_hold_for_what_is_started() -> None:
    command = [*prefix_of(Settings(nice=7, processors=1)), sys.executable, "-c", SHOW]
    own = os.nice(0)
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert shown == f"{min(own + 7, 19)} 1\n"
    assert prefix_of(Settings()) == []


def test_a_group_that_is_stopped_goes_on_in_the_end() -> None:
    command = [sys.executable, "-c", "import time; time.sleep(0.5)"]
    with subprocess.Popen(command, process_group=0) as process:
        with pauses(process.pid, 20, "seed"):
            time.sleep(0.1)
        assert process.wait(60) == 0


def test_of_a_group_that_has_ended_nothing_is_stopped() -> None:
    with subprocess.Popen([sys.executable, "-c", ""], process_group=0) as process:
        with pauses(process.pid, 20, "seed"):
            process.wait(60)
        assert process.returncode == 0
