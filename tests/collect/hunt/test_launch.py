"""How an attempt's processes are started under its settings."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from flakecore.bundle import Settings
from flakecore.collect.hunt.launch import environment_of, pauses, processors_of


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


def test_a_run_that_is_to_be_quick_is_told_so() -> None:
    assert environment_of({}, Settings(), lean=True)["FLAKETUI_LEAN"] == "1"
    assert "FLAKETUI_LEAN" not in environment_of({}, Settings())


def test_of_the_processors_the_first_are_allowed() -> None:
    assert processors_of(Settings(processors=1)) == sorted(os.sched_getaffinity(0))[:1]
    assert processors_of(Settings()) == []


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
