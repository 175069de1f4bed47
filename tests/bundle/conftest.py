"""Bundles for these tests: the sample, and copies of it in other shapes."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from program import SAMPLE


@pytest.fixture(scope="session")
def sample() -> Path:
    """The bundle that ships with the program."""
    return SAMPLE


@pytest.fixture(scope="session")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample as a folder."""
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(SAMPLE) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="session")
def contents() -> dict[str, bytes]:
    """The last part of each artefact's name in the sample, and its bytes."""
    with zipfile.ZipFile(SAMPLE) as archive:
        return {Path(name).name: archive.read(name) for name in archive.namelist()}
