"""The names that a room offers, each loaded when it is first asked for (PEP 562).

Importing a room would otherwise load all of it: the explorer's first frame needs a few of the
comparison's types and none of its statistics, and a report as text needs no other format. What a
type checker sees is imported under ``TYPE_CHECKING``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any


def lazy_exports(room: str, homes: Mapping[str, Sequence[str]]) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of a room.

    Args:
        room: the full name of its package.
        homes: by module of the room, the names that it gives. None of them is called as a module
            that lies directly in the room: loading that would hide it.
    """
    home_of = {name: module for module, names in homes.items() for name in names}

    def load(name: str) -> Any:
        if name not in home_of:
            raise AttributeError(f"module {room!r} has no attribute {name!r}")
        value = getattr(import_module(f"{room}.{home_of[name]}"), name)
        setattr(sys.modules[room], name, value)
        return value

    return load
