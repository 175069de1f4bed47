"""How do I get a bundle? One package's `go test` run in; one zip with all its evidence out."""

from __future__ import annotations

from flakecore.collect.capture import CollectResult, collect
from flakecore.collect.options import CollectOptions

__all__ = ["CollectOptions", "CollectResult", "collect"]
