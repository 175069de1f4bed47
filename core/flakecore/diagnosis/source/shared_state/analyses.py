"""What the analyses of shared state take of a package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from flakecore.diagnosis.source.calls.call_graph import CallGraph
from flakecore.diagnosis.source.go_file import GoFile
from flakecore.diagnosis.source.types import PackageTypes
from flakecore.diagnosis.source.values.value_origins import ValueOrigins


class Analyses(NamedTuple):
    """One package's files and what was found out about them.

    Attributes:
        files: by name.
        types: of its expressions.
        calls: which of its functions may call which.
        origins: where its values come from.
    """

    files: Mapping[str, GoFile]
    types: PackageTypes
    calls: CallGraph
    origins: ValueOrigins
