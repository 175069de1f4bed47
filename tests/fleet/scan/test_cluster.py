"""Scans on a Dask cluster."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from flakecore.errors import FlakeError
from flakecore.fleet.scan import cluster
from flakecore.fleet.scan.scan import scan
from fleet.bundles import plain_run


def test_without_the_package_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "distributed", None)
    plain_run(tmp_path / "a.txt", failed=True)
    with pytest.raises(FlakeError, match=r"flaketui\[cluster\]"):
        scan([str(tmp_path / "a.txt")], tmp_path / "out", workers=1, dask="tcp://127.0.0.1:1")


@pytest.mark.parametrize("address", ["nonsense", "tcp://127.0.0.1:1"])
def test_a_scheduler_that_does_not_answer_is_told_with_its_address(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    distributed: Any = pytest.importorskip("distributed")
    made: list[object] = []
    monkeypatch.setattr(distributed, "Client", lambda *_, **__: made.append(None))
    monkeypatch.setattr(cluster, "_CONNECT_S", 0.2)
    plain_run(tmp_path / "a.txt", failed=True)
    with pytest.raises(FlakeError, match=f"no Dask scheduler answers at {address}"):
        scan([str(tmp_path / "a.txt")], tmp_path / "out", workers=1, dask=address)
    # One that has not connected waits a minute for its own end, and then complains.
    assert made == []


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_a_cluster_reads_all_though_a_worker_is_killed(tmp_path: Path) -> None:
    distributed: Any = pytest.importorskip("distributed")
    for number in range(8):
        plain_run(tmp_path / "in" / f"{number}.txt", failed=True, package=f"e.com/{number}")
    killed: list[int] = []
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None
    ) as running:

        def kill_one(_: object) -> None:
            if not killed:
                nanny = next(iter(running.workers.values()))
                killed.append(nanny.pid)
                os.kill(nanny.pid, signal.SIGKILL)

        found = scan(
            [f"{tmp_path}/in/*.txt"],
            tmp_path / "out",
            workers=1,
            dask=running.scheduler_address,
            progress=kill_one,
        )
    assert killed
    assert (found.bundles, found.known, found.damaged) == (8, 0, 0)
