"""Which releases the facts about test output are checked with."""

from __future__ import annotations

import hypothesis
import pytest

from gotest.go_runs import RELEASES

# How long an example takes says nothing while Go is building beside it.
hypothesis.settings.register_profile("no deadline", deadline=None)
hypothesis.settings.load_profile("no deadline")


@pytest.fixture(params=RELEASES)
def release(request: pytest.FixtureRequest) -> str:
    """A Go release before and after each change of the format."""
    version: str = request.param
    return version
