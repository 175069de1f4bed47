"""What stands in the toolchain's files is put into their text, or left out as a whole."""

from __future__ import annotations

from collect.objects.lost_anchors import text_of
from flakecore.collect.objects.toolchain_patch import FEATURES, patched

MUTEX = "internal/sync/mutex.go"


def test_a_feature_without_a_place_is_left_out_and_named() -> None:
    whole, _ = patched(text_of)

    def without_slow_path(file: str) -> str | None:
        text = text_of(file)
        return text.replace("m.lockSlow()", "m.other()") if text and file == MUTEX else text

    texts, missing = patched(without_slow_path)
    assert missing == ("sync.Mutex: who holds it",)
    assert "flaketuiLocked(unsafe.Pointer(m))" in whole[MUTEX]
    assert "flaketuiLocked" not in texts[MUTEX]
    assert texts["runtime/proc.go"] == whole["runtime/proc.go"]


def test_an_anchor_that_stands_twice_is_no_place() -> None:
    def twice(file: str) -> str | None:
        text = text_of(file)
        return text.replace("\tm.lockSlow()", "\tm.lockSlow()\n\tm.lockSlow()") if text else text

    assert patched(twice)[1] == ("sync.Mutex: who holds it",)


def test_without_a_place_for_the_page_nothing_is_changed() -> None:
    texts, missing = patched(lambda file: None if file.startswith("runtime") else text_of(file))
    assert texts == {}
    assert missing == ("the page",)
    assert len(FEATURES) > 0
