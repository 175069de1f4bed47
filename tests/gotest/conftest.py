"""Which releases the facts about test output are checked with."""

from __future__ import annotations

import pytest

from gotest.go_runs import RELEASES


@pytest.fixture(params=RELEASES)
def release(request: pytest.FixtureRequest) -> str:
    """A Go release before and after each change of the format."""
    version: str = request.param
    return version
