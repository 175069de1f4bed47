"""What waits on what? Pages of ``objects.json`` in; goroutines, locks and channels out."""

from __future__ import annotations

from flakecore.objects.page import (
    LOCKS,
    ObjectKind,
    ObjectsPage,
    PageEvent,
    PageFrame,
    PageGoroutine,
    PageHolder,
    PageObject,
    PageReason,
    PageStack,
    PageWait,
    short_address,
)
from flakecore.objects.read_pages import read_pages

__all__ = [
    "LOCKS",
    "ObjectKind",
    "ObjectsPage",
    "PageEvent",
    "PageFrame",
    "PageGoroutine",
    "PageHolder",
    "PageObject",
    "PageReason",
    "PageStack",
    "PageWait",
    "read_pages",
    "short_address",
]
