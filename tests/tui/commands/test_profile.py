"""``flaketui profile`` prints views of profiles, by its own words and by pprof's flags."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flakecore.pprof import ProfileFrame, encoded, read_profile
from flaketui.cli import main
from pprof.made import profile_of
from pprof.profiles import our_samples, pprof
from program import SAMPLE

Capture = pytest.CaptureFixture[str]


def _printed(capsys: Capture, *arguments: str) -> str:
    assert main(["profile", *arguments]) == 0
    return capsys.readouterr().out


def _refused(capsys: Capture, *arguments: str) -> str:
    assert main(["profile", *arguments]) == 2
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("own", "flags"),
    [
        (("top",), ("-top",)),
        (("top", "--cum", "--nodecount", "6"), ("-top", "-cum", "-nodecount=6")),
        (("peek", "courier"), ("-peek=courier",)),
        (("list", "Keep"), ("-list=Keep",)),
        (("tree", "--lines", "--focus", "courier"), ("-tree", "-lines", "-focus=courier")),
        (("top", "--format", "json"), ("-top", "--format=json")),
    ],
)
def test_flags_of_pprof_do_what_words_do(
    capsys: Capture, own: tuple[str, ...], flags: tuple[str, ...]
) -> None:
    words = _printed(capsys, str(SAMPLE), *own)
    assert words == _printed(capsys, *flags, str(SAMPLE))
    assert "courier" in words


def test_a_window_of_the_trace_is_a_profile_too(capsys: Capture) -> None:
    whole = _printed(capsys, str(SAMPLE), "--kind=trace-wait", "flame")
    part = _printed(capsys, str(SAMPLE), "--kind=trace-wait", "--to=10ms", "flame")
    summed = [
        sum(int(line.rpartition(" ")[2]) for line in text.splitlines()) for text in (whole, part)
    ]
    assert 0 < summed[1] < summed[0]


def test_what_was_filtered_opens_in_pprof(capsys: Capture, tmp_path: Path) -> None:
    file = tmp_path / "part.pprof"
    assert not _printed(capsys, str(SAMPLE), "--focus=flaky/courier", "-proto", "-o", str(file))
    written = read_profile(file.read_bytes(), name="x")
    assert all(any("courier" in f.function for f in stack) for stack in written.stacks)
    assert our_samples(written).total() > 0
    assert re.search(r"Total samples = [1-9]", pprof(file.read_bytes(), "-top"))


def test_the_same_profile_differs_in_nothing(capsys: Capture) -> None:
    text = _printed(capsys, str(SAMPLE), "diff", str(SAMPLE))
    assert "Showing 0 of 0 rows" in text
    assert text == _printed(capsys, f"-diff_base={SAMPLE}", "-top", str(SAMPLE))


def test_what_cannot_be_done_is_said_with_a_remedy(capsys: Capture) -> None:
    assert "there are: cpu, block" in _refused(capsys, str(SAMPLE), "--kind=heap")
    assert "use top, tree, peek RE" in _refused(capsys, str(SAMPLE), "bottom")
    assert "no regular expression" in _refused(capsys, str(SAMPLE), "-focus=(")
    assert "name another file" in _refused(capsys, str(SAMPLE), "-svg", "-o", "/none/x.svg")
    with pytest.raises(SystemExit):
        main(["profile", str(SAMPLE), "--nothing"])


@pytest.mark.parametrize("form", ["text", "json", "folded", "svg"])
def test_hostile_names_do_not_reach_the_terminal(
    capsys: Capture, tmp_path: Path, form: str
) -> None:
    frame = ProfileFrame("evil.\x1b]0;owned\x07\x1b[2J\u202ef", "\x1b[31m.go", 1)
    file = tmp_path / "cpu.pprof"
    file.write_bytes(encoded(profile_of([((frame,), (), (1, 5))])))
    text = _printed(capsys, str(file), "top", f"--format={form}")
    assert "evil." in text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text)
