"""What the loops are tried on, and the library that has them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from flakecore.native_build import make_library
from flakecore.profile_native.library import profile_loops
from pprof.conftest import kind, release
from profile_native.without_loops import FOLDER
from toolchains import c_compiler

__all__ = ["kind", "release"]


@pytest.fixture(scope="module", autouse=True)
def _loops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The library that was installed; where there was no compiler, one made with a fetched one."""
    if profile_loops() is not None:
        yield
        return
    made: Path | None = make_library(FOLDER, tmp_path_factory.mktemp("loops"), [c_compiler()["CC"]])
    assert made is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("flakecore.native_build.library_name", lambda _: made)
        profile_loops.cache_clear()
        assert profile_loops() is not None
        yield
    profile_loops.cache_clear()
