"""What filters leave is what ``go tool pprof`` leaves, and what a loop over samples would."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flakecore.errors import ProfileError
from flakecore.pprof import Filter, filtered, label_text, read_profile
from flakecore.pprof.profile import Label
from pprof.made import Sample, Stack, counted, profile_of, samples
from pprof.profiles import our_samples, profile, written_by, written_by_pprof
from toolchains import NEWEST

_PATTERNS = ["f1", "f[23]", "a\\.go", "runtime", "nothing"]
_pattern = st.sampled_from(["", *_PATTERNS])


def _matches(pattern: str, stack: Stack) -> list[bool]:
    found = [re.search(pattern, f.function) or re.search(pattern, f.file) for f in stack]
    return [each is not None for each in found]


@given(samples, _pattern, _pattern, _pattern, _pattern, _pattern)
def test_samples_and_frames_are_left_as_a_loop_leaves_them(
    made: list[Sample], focus: str, ignore: str, hide: str, show: str, show_from: str
) -> None:
    expected = []
    for stack, labels, values in made:
        if focus and not any(_matches(focus, stack)):
            continue
        if ignore and any(_matches(ignore, stack)):
            continue
        if hide:
            hidden = _matches(hide, stack)
            stack = tuple(f for f, is_hidden in zip(stack, hidden, strict=True) if not is_hidden)
        if show:
            shown = _matches(show, stack)
            stack = tuple(f for f, is_shown in zip(stack, shown, strict=True) if is_shown)
        if show_from:
            hits = [at for at, hit in enumerate(_matches(show_from, stack)) if hit]
            stack = stack[: hits[-1] + 1] if hits else ()
        if stack:
            expected.append((stack, labels, values))
    left = filtered(profile_of(made), Filter(focus, ignore, hide, show, show_from))
    assert counted(left) == counted(profile_of(expected))
    assert len(set(left.stacks)) == len(left.stacks)


@given(samples)
def test_samples_of_a_test_are_those_with_its_label(made: list[Sample]) -> None:
    left = filtered(profile_of(made), Filter(tag_focus="test=^TestA$"))
    rest = filtered(profile_of(made), Filter(tag_ignore="test=^TestA$"))
    label = Label("test", "TestA", 0, "")
    assert counted(left) == counted(profile_of([each for each in made if label in each[1]]))
    assert counted(rest) == counted(profile_of([each for each in made if label not in each[1]]))


@pytest.mark.parametrize(
    ("flag", "chosen"),
    [
        ("-focus=burn|allocate|contend", Filter(focus="burn|allocate|contend")),
        ("-ignore=runtime\\.", Filter(ignore="runtime\\.")),
        ("-hide=^(testing|runtime)\\.", Filter(hide="^(testing|runtime)\\.")),
        ("-show=work|sync", Filter(show="work|sync")),
        ("-show_from=TestWork", Filter(show_from="TestWork")),
        ("-noinlines", Filter(inlined=False)),
        ("-tagfocus=job=burn", Filter(tag_focus="job=burn")),
        ("-tagignore=me", Filter(tag_ignore="me")),
        ("-tagfocus=bytes=1mb:", Filter(tag_focus="bytes=1mb:")),
        ("-tagfocus=bytes=:4kb", Filter(tag_focus="bytes=:4kb")),
    ],
)
@pytest.mark.slow
def test_what_is_left_is_what_go_tool_pprof_leaves(kind: str, flag: str, chosen: Filter) -> None:
    data = written_by(NEWEST)[kind]
    ours = filtered(read_profile(data, name="x"), chosen)
    theirs = read_profile(written_by_pprof(data, flag), name="x")
    assert our_samples(ours) == our_samples(theirs)


def test_a_pattern_that_is_no_expression_is_an_error_that_names_it() -> None:
    with pytest.raises(ProfileError, match=r"^focus: '\(' is no regular expression"):
        filtered(profile(NEWEST, "cpu"), Filter(focus="("))


def test_a_label_is_shown_by_its_text_or_its_number() -> None:
    assert label_text(Label("test", "TestA", 0, "")) == "TestA"
    assert label_text(Label("bytes", "", 48, "")) == "48"
