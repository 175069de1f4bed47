"""Real runs of the packages in ``tests/samples/endings``, each of which ends in its own way."""

from __future__ import annotations

import functools
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from collect.running import Collected, Ending, collected
from collected_bundles import go_settings

ENDINGS = Path(__file__).parents[1] / "samples" / "endings"


@pytest.fixture(scope="session", autouse=True)
def offline_go() -> Iterator[None]:
    """Run everything with the newest Go release and nobody's own settings."""
    with go_settings():
        yield


@pytest.fixture(scope="session", autouse=True)
def signals_as_in_a_terminal() -> Iterator[None]:
    """Heed what shells have their background jobs ignore, and all that they start."""
    before = {
        number: signal.signal(number, default)
        for number, default in (
            (signal.SIGINT, signal.default_int_handler),
            (signal.SIGQUIT, signal.SIG_DFL),
            (signal.SIGHUP, signal.SIG_DFL),
        )
        if signal.getsignal(number) is signal.SIG_IGN
    }
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(scope="session")
def endings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the Go module, which tests may not write to."""
    return shutil.copytree(ENDINGS, tmp_path_factory.mktemp("module") / "endings")


@pytest.fixture(scope="session")
def ending(endings: Path, tmp_path_factory: pytest.TempPathFactory) -> Ending:
    """Collect a package of the module without the race detector, once a session."""

    @functools.cache
    def collect_once(package: str) -> Collected:
        output = tmp_path_factory.mktemp("bundles") / f"{package}.zip"
        timeout = "2s" if package == "hangs" else ""
        return collected(endings, output, f"./{package}", timeout=timeout)

    return collect_once
