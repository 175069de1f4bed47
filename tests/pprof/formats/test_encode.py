"""What is written is read again as it was, by us and by Go's own pprof."""

from __future__ import annotations

from hypothesis import given, settings

from flakecore.pprof import encoded, read_profile
from pprof.made import Sample, counted, profile_of, samples
from pprof.profiles import our_samples, profile, raw_samples, written_by
from thoroughness import examples
from toolchains import NEWEST


@given(samples)
@settings(max_examples=examples(50))
def test_a_written_profile_is_read_as_it_was(made: list[Sample]) -> None:
    before = profile_of(made)
    after = read_profile(encoded(before), name="x")
    assert counted(after) == counted(before)
    for name in ("sample_types", "default_type", "period_type", "period", "time_ns", "duration_ns"):
        assert getattr(after, name) == getattr(before, name)


def test_go_tool_pprof_reads_the_same_samples_from_what_is_written(kind: str) -> None:
    before = profile(NEWEST, kind)
    data = encoded(before)
    assert raw_samples(data) == raw_samples(written_by(NEWEST)[kind])
    after = read_profile(data, name="x")
    assert our_samples(after) == our_samples(before)
    assert after.stacks.mappings == before.stacks.mappings
    for name in ("line", "address", "mapping"):
        ours = getattr(after.stacks.frames, name)[after.stacks.frame]
        theirs = getattr(before.stacks.frames, name)[before.stacks.frame]
        assert sorted(ours.tolist()) == sorted(theirs.tolist())
