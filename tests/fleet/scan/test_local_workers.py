"""Processes that read, and die."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from flakecore.fleet import FleetStore
from flakecore.fleet.scan.local_workers import read_on_processes
from flakecore.fleet.scan.places import BundlePlace, bundle_places
from fleet.bundles import plain_run


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.slow
def test_a_bundle_that_two_processes_die_of_is_a_row_and_all_others_are_read(
    tmp_path: Path,
) -> None:
    deadly = tmp_path / "deadly"
    os.mkfifo(deadly)
    for number in range(3):
        plain_run(tmp_path / f"{number}.txt", failed=True, package=f"example.com/p{number}")

    def kill_its_readers() -> None:
        for _ in range(2):
            with deadly.open("wb"):  # waits until a process reads it
                (child,) = multiprocessing.active_children()
                os.kill(child.pid or 0, signal.SIGKILL)
                with suppress(ChildProcessError):  # its parent was first to see the end of it
                    os.waitid(os.P_PID, child.pid or 0, os.WEXITED | os.WNOWAIT)

    killer = threading.Thread(target=kill_its_readers)
    killer.start()
    places = [BundlePlace(str(deadly), 0, ""), *bundle_places([f"{tmp_path}/*.txt"])]
    read = list(read_on_processes(places, tmp_path / "out", frozenset(), 1))
    killer.join()
    assert [each.problem for each in read if each.problem] == [
        "the process that read it died (SIGKILL)"
    ]
    assert len(read) == 4
    rows = FleetStore(tmp_path / "out").read("bundles", ["bundle", "problem"]).to_pylist()
    assert {Path(row["bundle"]).name for row in rows if not row["problem"]} == {
        "0.txt",
        "1.txt",
        "2.txt",
    }
