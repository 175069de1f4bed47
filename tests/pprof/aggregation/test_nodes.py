from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from flakecore.pprof import Granularity, ProfileFrame, nodes_by, stacks_of
from pprof.made import Sample, profile_of, samples

_NAMES: dict[Granularity, Callable[[ProfileFrame], str]] = {
    Granularity.FUNCTIONS: lambda f: f.function,
    Granularity.FILEFUNCTIONS: lambda f: f"{f.function} {f.file}",
    Granularity.LINES: lambda f: f"{f.function} {f.file}:{f.line}",
    Granularity.FILES: lambda f: f.file,
    Granularity.ADDRESSES: lambda f: f"{f.function} {f.file}:{f.line}",
}


@given(samples, st.sampled_from(Granularity))
def test_frames_of_one_name_are_one_node(made: list[Sample], granularity: Granularity) -> None:
    stacks = profile_of(made).stacks
    nodes = nodes_by(stacks, granularity)
    for frame in range(len(stacks.frames)):
        name = _NAMES[granularity](stacks.profile_frame(frame))
        assert nodes.names[nodes.of_frame[frame]] == name
    assert len(set(nodes.names)) == len(nodes)
    assert (nodes.of_frame[nodes.first] == range(len(nodes))).all()


def test_paths_to_one_file_are_one_and_no_line_is_none() -> None:
    frames = [ProfileFrame("f", "/a/./b.go", 0), ProfileFrame("f", "/a/b.go", 0)]
    nodes = nodes_by(stacks_of([frames]), Granularity.LINES)
    assert nodes.names == ("f /a/b.go",)
