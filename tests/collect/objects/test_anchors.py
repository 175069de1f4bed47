"""Every release has a place for everything that the page is to know."""

from __future__ import annotations

from pathlib import Path

import pytest

from flakecore.collect.objects.toolchain_patch import patched
from toolchains import RELEASES, go_toolchain


@pytest.mark.parametrize("version", RELEASES)
def test_every_release_has_a_place_for_each_feature(version: str) -> None:
    source = go_toolchain(version).parents[1] / "src"

    def text_of(file: str) -> str | None:
        path = source / file
        return path.read_text() if path.exists() else None

    texts, missing = patched(text_of)
    assert missing == ()
    for file, text in texts.items():
        assert_lines_keep_their_numbers(source / file, text)


def assert_lines_keep_their_numbers(before: Path, after: str) -> None:
    lines = before.read_text().splitlines()
    now = after.splitlines()
    changed = [
        number
        for number, (line, then) in enumerate(zip(lines, now, strict=False))
        if line != then
        and not any(word in then for word in ("flaketui", '"unsafe";', "acquiretime"))
    ]
    assert changed == []
