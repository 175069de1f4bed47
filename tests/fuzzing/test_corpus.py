"""No input of the corpus, and none that is made of it by damage, makes a reader fail."""

from __future__ import annotations

import random

import pytest

from fuzzing.mutation import mutated
from fuzzing.targets import TARGETS, corpus_of, guarded


@pytest.mark.parametrize("name", TARGETS)
def test_a_reader_raises_nothing_but_its_own_errors(name: str) -> None:
    target, choose = guarded(TARGETS[name]), random.Random(1)
    inputs = [path.read_bytes() for path in corpus_of(name)]
    assert inputs
    for data in (b"", *inputs, *(mutated(inputs, choose) for _ in range(20))):
        target(data)
