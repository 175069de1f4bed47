from __future__ import annotations

import gzip
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flakecore.errors import ProfileError
from flakecore.pprof import ProfileFrame, ValueType, read_profile
from pprof.profiles import WORK, our_samples, pprof, profile, raw_samples, written_by
from thoroughness import examples
from toolchains import NEWEST


def test_every_sample_is_the_one_that_go_tool_pprof_lists(release: str, kind: str) -> None:
    data = written_by(release)[kind]
    ours = our_samples(read_profile(data, name=kind))
    assert ours == raw_samples(data)
    assert ours.total() > 0


def test_period_and_sample_types_are_those_that_go_tool_pprof_prints(
    release: str, kind: str
) -> None:
    ours = profile(release, kind)
    lines = pprof(written_by(release)[kind], "-raw").splitlines()
    assert lines[0] == f"PeriodType: {ours.period_type.kind} {ours.period_type.unit}"
    assert lines[1] == f"Period: {ours.period}"
    types = lines[lines.index("Samples:") + 1].split()
    assert [text.removesuffix("[dflt]") for text in types] == [
        f"{column.kind}/{column.unit}" for column in ours.sample_types
    ]


def test_a_cpu_profile_knows_when_and_how_long(release: str) -> None:
    ours = profile(release, "cpu")
    assert ours.sample_types == (ValueType("samples", "count"), ValueType("cpu", "nanoseconds"))
    assert ours.default_type == 1
    assert 1_700_000_000 * 10**9 < ours.time_ns <= time.time_ns()  # captures are cached
    assert 4e8 < ours.duration_ns < 60e9


def test_a_memory_profile_is_shown_by_what_was_allocated() -> None:
    ours = profile(NEWEST, "mem")
    assert ours.sample_types[ours.default_type] == ValueType("alloc_space", "bytes")


def test_an_inlined_call_has_a_frame_of_its_own(release: str) -> None:
    stacks = profile(release, "mutex").stacks
    (stack,) = (stack for stack in stacks if len(stack) > 1 and "contend" in stack[1].function)
    assert [frame.function for frame in stack[:2]] == [
        "sync.(*Mutex).Unlock",
        "example.com/work.contend.func1",
    ]
    assert stack[1].file.endswith("work_test.go")
    source = (WORK / "work_test.go").read_text().splitlines()
    assert source[stack[1].line - 1].strip() == "mu.Unlock()"


def test_labels_are_those_of_the_code_that_ran(release: str) -> None:
    ours = profile(release, "cpu")
    burnt = {
        ours.label_sets[labels]
        for labels, stack in zip(ours.labels_of_sample, ours.stack_of_sample, strict=True)
        if any(frame.function == "example.com/work.burn" for frame in ours.stacks[stack])
    }
    (labels,) = burnt
    assert {(label.key, label.text) for label in labels} == {("job", "burn"), ("who", "me")}


def test_a_profile_need_not_be_gzipped() -> None:
    data = written_by(NEWEST)["block"]
    plain = read_profile(gzip.decompress(data), name="block.pprof")
    assert our_samples(plain) == our_samples(read_profile(data, name="block.pprof"))


def message(number: int, content: bytes) -> bytes:
    assert len(content) < 128
    return bytes([number << 3 | 2, len(content)]) + content


TYPES = message(1, b"\x08\x01\x10\x02") + b"".join(
    message(6, text) for text in (b"", b"cpu", b"ns", b"f\x1b[31m")
)


def test_a_location_without_a_name_shows_its_address() -> None:
    location = message(4, b"\x08\x07\x18\xff\x01")
    sample = message(2, b"\x0a\x01\x07\x12\x01\x05")
    ours = read_profile(TYPES + location + sample, name="x")
    assert tuple(ours.stacks) == ((ProfileFrame("0xff", "", 0),),)
    assert ours.values.tolist() == [[5]]


def test_numbers_that_are_not_packed_are_read_as_well() -> None:
    location = message(4, b"\x08\x07\x18\xff\x01")
    sample = message(2, b"\x08\x07\x08\x07\x10\x05")
    ours = read_profile(TYPES + location + sample, name="x")
    assert len(ours.stacks[0]) == 2
    assert ours.values.tolist() == [[5]]


def test_negative_values_stay_negative() -> None:
    sample = message(2, b"\x12\x0a" + b"\xff" * 9 + b"\x01")
    assert read_profile(TYPES + sample, name="x").values.tolist() == [[-1]]


def test_control_characters_of_a_name_do_not_reach_the_terminal() -> None:
    function = message(5, b"\x08\x01\x10\x03")
    location = message(4, b"\x08\x07\x22\x04\x08\x01\x10\x09")
    sample = message(2, b"\x0a\x01\x07\x12\x01\x05")
    (stack,) = read_profile(TYPES + function + location + sample, name="x").stacks
    assert stack == (ProfileFrame("f\ufffd[31m", "", 9),)


@pytest.mark.parametrize(
    "damage",
    [
        message(2, b"\x0a\x01\x07\x12\x01\x05"),  # a location that is not there
        message(2, b""),  # no value
        message(2, b"\x12\x02\x05\x05"),  # too many values
        message(2, b"\x12\x01\x85"),  # a varint cut off
        message(2, b"\x12\x05\x05"),  # longer than its message
        message(2, b"\x15\x00\x00\x00\x00"),  # a fixed32 where a varint belongs
        message(2, b"\x12\x0b" + b"\x80" * 10 + b"\x01"),  # a varint of eleven bytes
        message(1, b"\x08\x63"),  # a string that is not there
        message(5, b"\x08\x01\x10\x63") + message(4, b"\x08\x01\x22\x02\x08\x01"),
        b"\x12\x7f",  # a sample cut off
        b"\x13",  # a group, which protocol buffers no longer have
        b"\x02\x00",  # field zero
    ],
)
def test_damage_is_a_profile_error_that_names_the_file(damage: bytes) -> None:
    with pytest.raises(ProfileError, match=r"^some/cpu\.pprof ") as caught:
        read_profile(TYPES + damage, name="some/cpu.pprof")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("data", [b"hello, world", b"PK\x03\x04", b"go 1.27 trace\0\0\0", b"{}"])
def test_another_file_is_a_profile_error(data: bytes) -> None:
    with pytest.raises(ProfileError, match="is no pprof profile"):
        read_profile(data, name="x")


def test_a_stack_that_names_a_large_location_often_is_refused() -> None:
    inlined = b"\x22\x00" * 3000
    location = b"\x22" + b"\xf2\x2e" + b"\x08\x01" + inlined
    ids = b"\x01" * 3000
    sample = b"\x12" + b"\xbe\x17" + b"\x0a\xb8\x17" + ids + b"\x12\x01\x05"
    with pytest.raises(ProfileError, match="frames"):
        read_profile(TYPES + location + sample, name="x")


@given(st.data())
@settings(max_examples=examples(200))
def test_a_damaged_profile_is_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(("cpu", "mem", "block", "mutex")))
    raw = bytearray(gzip.decompress(written_by(NEWEST)[kind]))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(raw)))
    for damaged in (bytes(raw), bytes(raw[:cut])):
        try:
            ours = read_profile(damaged, name="x")
        except ProfileError:
            continue
        assert len(ours.values) == len(ours.stack_of_sample) == len(ours.labels_of_sample)


@given(st.binary(max_size=300))
def test_random_bytes_are_read_or_refused_and_nothing_else(data: bytes) -> None:
    for prefix in (b"", TYPES):
        try:
            read_profile(prefix + data, name="x")
        except ProfileError as error:
            assert str(error).startswith("x ")
