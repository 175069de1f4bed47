"""The goroutines that write the capture are the runtime's own, or else the page is as without."""

from __future__ import annotations

from collect.objects.lost_anchors import anchors, missing_without, text_of
from flakecore.collect.objects.capture_patches import ASKS, CAPTURE, TRACEBACK
from flakecore.collect.objects.toolchain_patch import patched


def test_the_runtime_asks_once_more_by_the_function_that_a_goroutine_starts_in() -> None:
    texts, missing = patched(text_of)
    before, after = text_of(TRACEBACK) or "", texts[TRACEBACK]
    assert missing == ()
    assert after.count(f"{ASKS}(") == 2
    (line,) = (each for each in after.splitlines() if f"|| {ASKS}(" in each)
    number = after.splitlines().index(line)
    assert line.startswith(before.splitlines()[number])  # all lines keep their numbers


def test_without_its_place_nothing_is_missing_from_the_page() -> None:
    ((file, insertion),) = anchors(CAPTURE)
    assert missing_without(file, insertion.anchor) == ()
