"""Every release has a place for everything that the page is to know."""

from __future__ import annotations

from itertools import takewhile
from pathlib import Path

import pytest

from collect.objects.lost_anchors import anchors, missing_without
from flakecore.collect.objects.page_patches import PAGE
from flakecore.collect.objects.toolchain_patch import patched, randomises
from toolchains import RELEASES, go_toolchain


@pytest.mark.parametrize("version", RELEASES)
def test_every_release_has_a_place_for_each_feature(version: str) -> None:
    source = go_toolchain(version).parents[1] / "src"

    def text_of(file: str) -> str | None:
        path = source / file
        return path.read_text() if path.exists() else None

    texts, missing = patched(text_of)
    assert missing == ()
    assert randomises(texts)
    for file, text in texts.items():
        assert_lines_keep_their_numbers(source / file, text)


def assert_lines_keep_their_numbers(before: Path, after: str) -> None:
    lines, now = before.read_text().splitlines(), after.splitlines()
    assert len(now) >= len(lines)
    assert [then for line, then in zip(lines, now, strict=False) if not is_longer(line, then)] == []


def is_longer(line: str, then: str) -> bool:
    """Return whether something was put into a line, or nothing."""
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(line, then, strict=False)))
    return then.endswith(line[same:])


def test_without_any_of_its_anchors_there_is_no_page() -> None:
    for file, insertion in anchors(PAGE):
        assert missing_without(file, insertion.anchor) == (PAGE.name,), insertion
