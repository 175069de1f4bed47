"""The compiled loops read what the columns read, of sound profiles and of damaged ones."""

from __future__ import annotations

import gzip
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flakecore.errors import ProfileError
from flakecore.pprof import encoded, read_profile
from pprof.made import profile_of, samples
from pprof.profiles import written_by
from profile_native.without_loops import columns
from thoroughness import examples
from toolchains import NEWEST


def plain(value: Any) -> Any:
    """Return a profile, or a part of one, as what can be compared."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if is_dataclass(value) and not isinstance(value, type):
        return [plain(getattr(value, field.name)) for field in fields(value)]
    return value


def _read(data: bytes) -> Any:
    try:
        return plain(read_profile(data, name="x"))
    except ProfileError as error:
        return str(error)


def _same(data: bytes) -> Any:
    by_loops = _read(data)
    with columns():
        assert by_loops == _read(data)
    return by_loops


@pytest.mark.needs_go
def test_a_profile_of_each_kind_is_read_alike(release: str, kind: str) -> None:
    assert not isinstance(_same(written_by(release)[kind]), str)


@given(samples)
@settings(max_examples=examples(50))
def test_made_profiles_are_read_alike(made: Any) -> None:
    _same(encoded(profile_of(made)))


@given(samples, st.data())
@settings(max_examples=examples(200), suppress_health_check=[HealthCheck.too_slow])
def test_damaged_profiles_are_read_alike_or_refused_in_the_same_words(
    made: Any, data: st.DataObject
) -> None:
    raw = bytearray(gzip.decompress(encoded(profile_of(made))))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(1, len(raw)))
    _same(bytes(raw[:cut]))


@pytest.mark.needs_go
@given(st.data())
@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.too_slow])
def test_damaged_profiles_of_go_are_read_alike_or_refused_in_the_same_words(
    data: st.DataObject,
) -> None:
    raw = bytearray(gzip.decompress(written_by(NEWEST)["mutex"]))
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    _same(bytes(raw))
