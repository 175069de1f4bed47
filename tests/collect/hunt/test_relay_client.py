"""What the relay server tells of a run is taken in whatever order it comes."""

from __future__ import annotations

import os
import signal

import pytest

from flakecore.collect.binaries.relay_server import BINARY, ENDED, RECORD, RELAY
from flakecore.collect.capture.process import signal_group
from flakecore.collect.hunt.relay_client import RelayedProcess
from flakecore.errors import CollectError


@pytest.mark.parametrize("order", [(RELAY, BINARY), (BINARY, RELAY)])
def test_relay_and_binary_are_known_whoever_tells_first(order: tuple[bytes, bytes]) -> None:
    ours, theirs = os.pipe()
    for letter in order:
        os.write(theirs, RECORD.pack(letter, 7 if letter == RELAY else 8))
    running = RelayedProcess(ours)
    assert (running.group, running.binary) == (7, 8)
    os.write(theirs, RECORD.pack(ENDED, 3 << 8))
    assert running.wait() == 3
    os.close(theirs)
    running.close()


def test_a_binary_that_never_began_is_no_group_to_signal() -> None:
    ours, theirs = os.pipe()
    os.write(theirs, RECORD.pack(RELAY, 7) + RECORD.pack(ENDED, 127 << 8))
    running = RelayedProcess(ours)
    assert (running.group, running.binary) == (7, 0)
    signal_group(running.binary, signal.SIGKILL)  # it would be the tests' own
    os.close(theirs)
    running.close()


def test_a_server_that_ends_amid_a_run_is_an_error() -> None:
    ours, theirs = os.pipe()
    os.write(theirs, RECORD.pack(RELAY, 7) + RECORD.pack(BINARY, 8))
    os.close(theirs)
    running = RelayedProcess(ours)
    with pytest.raises(CollectError, match="ended from outside"):
        running.wait()
    running.close()
