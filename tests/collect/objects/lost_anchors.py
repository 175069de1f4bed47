"""The toolchain's files without the text of one anchor, as a release would have them."""

from __future__ import annotations

import functools

from flakecore.collect.objects.patches import Insertion, PatchGroup
from flakecore.collect.objects.toolchain_patch import patched
from toolchains import go_toolchain


@functools.cache
def text_of(file: str) -> str | None:
    """Return a file below ``src`` of the newest release, None if there is none."""
    path = go_toolchain().parents[1] / "src" / file
    return path.read_text() if path.exists() else None


def anchors(group: PatchGroup) -> list[tuple[str, Insertion]]:
    """Return the anchors of a group that are in the newest release, each with its file."""
    return [
        (patch.file, each)
        for patches in group.places
        for patch in patches
        for each in patch.insertions
        if each.anchor in (text_of(patch.file) or "")
    ]


def missing_without(file: str, anchor: str) -> tuple[str, ...]:
    """Return the features that find no place where a file does not hold an anchor."""

    def read(name: str) -> str | None:
        text = text_of(name)
        return text.replace(anchor, "") if text is not None and name == file else text

    return patched(read)[1]
