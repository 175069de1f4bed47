"""Cases with dumps: the sample's test output alone, and goroutines of a real Go program."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from flakecore.bundle import open_bundle
from flakecore.timeline import Case, load_cases
from gotest.crashes.test_dumps import dumped
from program import SAMPLE
from toolchains import NEWEST


@pytest.fixture(scope="session")
def output_alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The test output of the sample, without its trace."""
    path = tmp_path_factory.mktemp("alone") / "test.json"
    with zipfile.ZipFile(SAMPLE) as archive:
        path.write_bytes(archive.read("test.json"))
    return path


@pytest.fixture(scope="session")
def timed_out(output_alone: Path) -> Case:
    """The case of that output: it ends in the dump of a timeout."""
    (case,) = load_cases(open_bundle(output_alone))
    return case


@pytest.fixture
def crowd(tmp_path: Path) -> Path:
    """A dump of 33 goroutines, 30 of which are alike."""
    path = tmp_path / "goroutines.txt"
    path.write_bytes(dumped(NEWEST, 2, 30))
    return path
