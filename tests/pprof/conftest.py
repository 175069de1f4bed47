"""Which releases and kinds of profile the reader is checked with."""

from __future__ import annotations

import hypothesis
import pytest

from pprof.profiles import KINDS
from toolchains import NEWEST

# How long an example takes says nothing while Go is building beside it.
hypothesis.settings.register_profile("no deadline", deadline=None)
hypothesis.settings.load_profile("no deadline")


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
