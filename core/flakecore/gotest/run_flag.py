"""The ``-run`` flag that chooses tests by their names, as one types it into a shell."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable


def run_flag(*names: str) -> str:
    """Return ``-run`` with a pattern that matches tests of these names and no others.

    A pattern is parted at its slashes, as names are, and what is escaped is no part of it
    (``src/testing/match.go``, splitRegexp). Names come from output, which may hold anything.

    Args:
        names: one of any test, or several of tests that are no subtests.
    """
    if len(names) == 1:
        pattern = "/".join(f"^{_escaped(part)}$" for part in names[0].split("/"))
    else:
        pattern = f"^({'|'.join(_all_escaped(names))})$"
    return f"-run {shlex.quote(pattern)}"


def _all_escaped(names: Iterable[str]) -> list[str]:
    return [_escaped(name) for name in dict.fromkeys(names)]


def _escaped(name: str) -> str:
    return re.escape(name).replace(r"\-", "-").replace(r"\ ", " ").replace(r"\#", "#")
