from __future__ import annotations

import gzip
import zlib

import pytest

from flakecore.errors import ProfileError
from flakecore.profile_inflate import MOST_BYTES, inflated_profile


def test_gzip_is_unpacked_and_other_bytes_are_left_alone() -> None:
    assert inflated_profile(gzip.compress(b"profile"), name="x") == b"profile"
    assert inflated_profile(b"profile", name="x") == b"profile"


def test_gzip_may_have_several_members() -> None:
    assert inflated_profile(gzip.compress(b"pro") + gzip.compress(b"file"), name="x") == b"profile"


def test_an_empty_file_is_what_a_panic_leaves_behind() -> None:
    with pytest.raises(ProfileError, match=r"^cpu\.pprof is empty; the test binary ended before"):
        inflated_profile(b"", name="cpu.pprof")


def test_a_file_that_is_cut_off_is_refused() -> None:
    packed = gzip.compress(bytes(range(256)) * 40)
    for size in range(2, len(packed)):
        with pytest.raises(ProfileError, match=r"^x is (cut off|damaged)"):
            inflated_profile(packed[:size], name="x")


def test_a_damaged_file_is_refused() -> None:
    packed = bytearray(gzip.compress(b"profile" * 100))
    packed[-6] ^= 0xFF
    with pytest.raises(ProfileError, match="x is damaged"):
        inflated_profile(bytes(packed), name="x")


def test_a_bomb_is_refused_before_it_fills_the_memory() -> None:
    packer = zlib.compressobj(9, wbits=31)
    block = bytes(1 << 20)
    bomb = b"".join(packer.compress(block) for _ in range((MOST_BYTES >> 20) + 8)) + packer.flush()
    assert len(bomb) < 1 << 20
    with pytest.raises(ProfileError, match="unpacks to more than 256 MiB"):
        inflated_profile(bomb, name="x")
