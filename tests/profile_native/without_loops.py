"""Columns in place of the compiled loops."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from flakecore.profile_native import records, rows

FOLDER = Path(records.__file__).parent


@contextmanager
def columns() -> Iterator[None]:
    """Use no library."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (records, rows):
            patch.setattr(module, "profile_loops", lambda: None)
        yield
