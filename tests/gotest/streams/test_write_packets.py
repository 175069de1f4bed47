"""What the relay noted is read as columns; damage costs what lies behind it and no more."""

from __future__ import annotations

import struct

import numpy as np

from flakecore.gotest import read_writes

RECORD = struct.Struct("<qIBBH")


def writes(*records: tuple[int, int, int, int], limit: int = 4096) -> bytes:
    head = b"flakewrites1" + struct.pack("<I", limit)
    return head + b"".join(RECORD.pack(*record, 0) for record in records)


RUN = writes(
    (1_000, 0, 0, 1),
    (5_000_000_000, 0, 0, 2),
    (1_100, 77, 0, 4),
    (1_200, 10, 1, 0),
    (1_300, 4096, 1, 0),
    (1_400, 3, 1, 0),
    (1_500, 7, 2, 0),
    (1_900, 256, 0, 3),
    (2_000, 0, 0, 1),
    (5_000_001_010, 0, 0, 2),
)


def test_every_packet_has_its_time_size_stream_and_place() -> None:
    packets = read_writes(RUN)
    assert len(packets) == 4
    assert packets.time_ns.tolist() == [1_200, 1_300, 1_400, 1_500]
    assert packets.size.tolist() == [10, 4096, 3, 7]
    assert packets.offset.tolist() == [16, 26, 4122, 4125]
    assert packets.stream.tolist() == [1, 1, 1, 2]
    assert packets.full.tolist() == [False, True, False, False]
    assert (packets.process, packets.status) == (77, 256)
    assert packets.losses == ()


def test_packets_are_placed_on_the_wall_clock_by_both_ends() -> None:
    packets = read_writes(RUN)
    assert packets.clocks.tolist() == [[1_000, 5_000_000_000], [2_000, 5_000_001_010]]
    assert packets.wall_ns().tolist() == [
        5_000_000_202,
        5_000_000_303,
        5_000_000_404,
        5_000_000_505,
    ]


def test_a_relay_that_was_killed_leaves_one_moment_and_no_status() -> None:
    packets = read_writes(RUN[: 16 + 5 * 16 + 9])
    assert packets.size.tolist() == [10, 4096]
    assert packets.status is None
    assert packets.wall_ns().tolist() == [5_000_000_200, 5_000_000_300]
    assert [loss.bytes for loss in packets.losses] == [9]


def test_behind_a_damaged_record_no_place_is_known() -> None:
    damaged = bytearray(RUN)
    damaged[16 + 4 * 16 + 13] = 99
    packets = read_writes(bytes(damaged))
    assert packets.size.tolist() == [10]
    assert packets.losses[0].count == 6


def test_anything_else_is_no_record_of_writes() -> None:
    for data in (b"", b"flakewrites1", b"flakewrites2" + RUN[12:], bytes(100)):
        packets = read_writes(data)
        assert len(packets) == 0
        assert packets.losses[0].what == "it does not begin as recorded writes do"


def test_any_flipped_byte_is_survived() -> None:
    chance = np.random.default_rng(6)
    for place in range(len(RUN)):
        damaged = bytearray(RUN)
        damaged[place] ^= int(chance.integers(1, 256))
        packets = read_writes(bytes(damaged))
        assert len(packets.wall_ns()) == len(packets) <= 8
