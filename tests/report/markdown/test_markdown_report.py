"""The report as Markdown, as it is pasted into an issue."""

from __future__ import annotations

import pytest

from diagnosis.program_bundles import collected_program
from flakecore.report import Explainer, render_markdown
from flakecore.report.markdown.escaping import code, escaped, fenced
from timeline.captures import capture
from toolchains import NEWEST


@pytest.mark.slow
def test_a_failure_has_its_headline_its_message_and_the_command_that_runs_it_again() -> None:
    run = collected_program("race")
    lines = render_markdown(run.bundle, [run.case], None, Explainer(run.bundle)).splitlines()
    at = lines.index("#### TestWritesBesideRead: race")
    assert lines[at + 2].startswith(r"**Race on s.count: (\*Stats).Add writes at race.go:14, ")
    rest = "\n".join(lines[at:])
    assert "\nIt was found at " in rest
    assert "data race: " not in rest  # the headline has both accesses
    assert "// race.go:14" in rest
    assert ">   14      s.count += n // @adds" in rest
    assert "next: take s.mu in" in rest
    assert f"```sh\nflaketui collect --replay {run.bundle.name}\n```" in rest


def test_a_source_line_that_two_findings_name_is_shown_once() -> None:
    run = collected_program("race")
    lines = render_markdown(run.bundle, [run.case], None, Explainer(run.bundle)).splitlines()
    shown: list[str] = []
    for line in lines:
        if line.startswith("#### "):
            shown = []
        if line.lstrip().startswith("// ") and ".go:" in line:
            place = line.split()[1]
            assert place not in shown
            shown.append(place)
    assert any(line.lstrip().startswith("// race.go:") for line in lines)


def test_what_was_not_built_is_not_run_again() -> None:
    run = capture(NEWEST, "endings/broken", trace=False)
    text = render_markdown(run.bundle, [run.case])
    assert ": build\n" in text
    assert "Run it again" not in text


def test_what_passing_tests_left_stands_at_the_end() -> None:
    run = collected_program("leak", "--no-race")
    text = render_markdown(run.bundle, [run.case])
    assert "#### Found besides" in text
    assert "- TestGivesUp left G" in text


def test_without_a_manifest_go_test_runs_it_again() -> None:
    run = capture(NEWEST, "endings/asserts", trace=False)
    text = render_markdown(run.bundle, [run.case])
    name = run.case.failures[0].test_name.split("/")[0]
    assert f"go test -count=10 -run '^{name}$" in text


def test_nothing_that_a_test_prints_ends_a_block_or_is_read_as_markdown() -> None:
    assert fenced(["```", "x"]) == ["````", "```", "x", "````"]
    assert code("a`b") == "``a`b``"
    assert code("") == ""
    assert escaped("<b>*x*</b> [a](b) @all\n# y") == (r"\<b\>\*x\*\</b\> \[a\](b) \@all \# y")
    assert "\x1b" not in escaped("\x1b[31mred")
