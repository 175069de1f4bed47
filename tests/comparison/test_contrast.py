"""Both sides of a two-way table stand in one sentence, those that had it first."""

from __future__ import annotations

from flakecore.comparison.contrast import contrast_words
from flakecore.comparison.runs.association import Association


def test_the_side_that_had_it_comes_first() -> None:
    found = Association("GOMAXPROCS", "GOMAXPROCS=1", 9, 12, 0, 40, 0.001)
    assert contrast_words(found, "with GOMAXPROCS=1") == (
        "9 of 12 with GOMAXPROCS=1, 0 of 40 without"
    )
    assert contrast_words(found, "where it waits", "where not") == (
        "9 of 12 where it waits, 0 of 40 where not"
    )
