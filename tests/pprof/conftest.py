"""Which releases and kinds of profile the reader is checked with."""

from __future__ import annotations

import pytest

from pprof.profiles import KINDS
from toolchains import NEWEST


@pytest.fixture(params=("1.22.10", NEWEST))
def release(request: pytest.FixtureRequest) -> str:
    """An old and a new Go release."""
    version: str = request.param
    return version


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of profile that ``go test`` writes."""
    name: str = request.param
    return name
