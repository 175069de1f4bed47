"""How do I get a bundle? `go test` of some packages run in; one zip with all its evidence out."""

from __future__ import annotations

from flakecore.collect.capture.capture import CollectResult, collect
from flakecore.collect.command.options import (
    CollectOptions,
    ConfirmOptions,
    HuntOptions,
)
from flakecore.collect.hunt.hunt import HuntProgress
from flakecore.collect.pack import pack_files

__all__ = [
    "CollectOptions",
    "CollectResult",
    "ConfirmOptions",
    "HuntOptions",
    "HuntProgress",
    "collect",
    "pack_files",
]
