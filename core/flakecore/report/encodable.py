"""File names that are no UTF-8, which Linux allows, and no report can hold."""

from __future__ import annotations


def encodable(text: str) -> str:
    """Return ``text`` with a question mark for every byte that could not be decoded."""
    return text.encode("utf-8", "replace").decode("utf-8")
