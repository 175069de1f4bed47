"""Blocks come back as they were, from memory, from the file, and where the disk is full."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Iterator

import pytest

from flakecore.gotest.streams import block_store
from flakecore.gotest.streams.block_store import BlockStore

BLOCKS = [bytes([at]) * (at * 100 + 1) for at in range(50)]


@pytest.fixture
def little_memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let only the first blocks stay in memory."""
    monkeypatch.setattr(block_store, "MOST_IN_MEMORY", 5_000)
    yield


def _stored() -> BlockStore:
    store = BlockStore()
    for block in BLOCKS:
        store.add(block)
    return store


@pytest.mark.usefixtures("little_memory")
def test_blocks_in_a_file_come_back_in_any_order() -> None:
    store = _stored()
    assert len(store) == len(BLOCKS)
    assert [store[at] for at in reversed(range(50))] == BLOCKS[::-1]
    assert [store[at] for at in (3, 49, 49, 0, 48)] == [BLOCKS[at] for at in (3, 49, 49, 0, 48)]


@pytest.mark.usefixtures("little_memory")
def test_what_no_file_takes_stays_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    store = _stored()
    assert [store[at] for at in range(50)] == BLOCKS


def test_few_blocks_make_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def unwanted(**_: object) -> None:
        raise AssertionError("a file for little output")

    monkeypatch.setattr(tempfile, "TemporaryFile", unwanted)
    assert [_stored()[at] for at in (0, 49)] == [BLOCKS[0], BLOCKS[49]]
