"""The entries of a profile of goroutines with debug=1."""

from __future__ import annotations

import pytest

from flakecore.gotest.crashes.goroutine_groups import GroupReader, read_groups
from gotest.crashes.command_runs import printed
from toolchains import NEWEST

SHORTENED = """\
4724 @ 0x10420bec0 0x10420fe30
#\t0x1043af917\tmain.receive+0x27\t.../quay/main.go:90

1 @ ... net/http.(*Server).Serve ...
#\t0x1043afa38\tmain.serve+0xc8\t.../quay/main.go:27"""


@pytest.mark.parametrize("release", ["1.22.10", NEWEST])
def test_each_entry_has_its_count_its_labels_and_its_frames(release: str) -> None:
    text = printed(release, "dumps", 1, 30).decode()
    groups = read_groups(text.split("\n"))
    assert sum(group.count for group in groups) == 33
    assert (groups[0].count, groups[0].frames[0].function) == (30, "main.receive")
    assert [group.labels for group in groups if group.labels] == [
        (("job", 'a "b"'), ("step", "two"))
    ]


def test_an_entry_that_somebody_shortened_is_one() -> None:
    groups = read_groups(SHORTENED.split("\n"))
    assert [(group.count, group.frames[0].line) for group in groups] == [(4724, 90), (1, 27)]


@pytest.mark.parametrize(("is_cut", "counts"), [(True, [0, 4724, 1]), (False, [4724, 1])])
def test_only_a_profile_that_is_cut_begins_with_frames(is_cut: bool, counts: list[int]) -> None:
    reader = GroupReader(is_cut=is_cut)
    for line in f"#\t0x1\tmain.f+0x1\t/w/f.go:7\n{SHORTENED}".split("\n"):
        reader.take(line)
    reader.close()
    assert [group.count for group in reader.groups] == counts
