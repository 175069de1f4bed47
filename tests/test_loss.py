"""A loss names where, what and how much, and leaves out what is unknown."""

from __future__ import annotations

from flakecore.loss import Loss


def test_a_loss_without_amounts_is_a_place_and_a_sentence() -> None:
    assert str(Loss("trace.out", "cut off before its end")) == "trace.out: cut off before its end"


def test_amounts_that_are_known_stand_behind_it() -> None:
    assert str(Loss("a", "b", count=1200)) == "a: b (1,200 records)"
    assert str(Loss("a", "b", count=2, bytes=4096)) == "a: b (2 records, 4,096 bytes)"
