"""Profiles of goroutines with debug=1 that stand in a log or were copied into one."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from flakecore.gotest import Dump, DumpSource, Lines, read_dump, read_text
from flakecore.gotest.crashes.printed_groups import read_printed_groups
from gotest.crashes.command_runs import printed
from gotest.go_runs import as_lines
from toolchains import NEWEST


def profile() -> str:
    return printed(NEWEST, "dumps", 1, 30, GODEBUG="tracebacklabels=1").decode()


def lines_of(text: str) -> Lines:
    return as_lines(*text.split("\n"))


def one_of(text: str) -> Dump:
    (run,) = read_text(text.encode(), name="test.log").packages
    (dump,) = run.dumps
    return dump


def with_prefix(prefix: str) -> Callable[[str], str]:
    return lambda text: "".join(f"{prefix}{line}\n" for line in text.split("\n"))


WRAPS: dict[str, Callable[[str], str]] = {
    "bare": str,
    "journal": with_prefix("Jan 18 23:33:59 quay crane[3259]: "),
    "compose": with_prefix("crane-1  | "),
    "comment": with_prefix("// "),
    "blanks for tabs": lambda text: text.expandtabs(8),
    "no sign of headings": lambda text: text.replace("#\t0x", "\t0x"),
    "no empty lines": lambda text: re.sub(r"\n+", "\n", text),
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "amid a log": lambda text: f"crane: watchdog\n{text}crane: gave up after 45s\n",
}


@pytest.mark.parametrize("wrap", WRAPS)
def test_a_profile_in_a_log_says_what_it_says_in_a_file(wrap: str) -> None:
    alone = read_dump(profile().encode(), name="goroutines.txt")
    dump = one_of(WRAPS[wrap](profile()))
    assert (dump.source, dump.goroutines, dump.total) == (DumpSource.PRINTED, (), 33)
    assert [group.count for group in dump.groups] == [group.count for group in alone.groups]
    if wrap != "no sign of headings":  # there labels cannot be told from comments
        assert dump.groups == alone.groups


def test_a_profile_without_its_title_is_one() -> None:
    dump = one_of(profile().partition("\n")[2])
    assert (dump.profile, dump.total) == ("goroutine", 33)


def test_of_an_entry_whose_beginning_is_cut_off_the_count_is_not_known() -> None:
    text = profile()
    (dump,) = read_printed_groups(lines_of(text[text.index("#\t0x") :]))
    assert dump.groups[0].count == 0
    assert dump.groups[0].frames[0].function == "main.receive"
    assert dump.total == 3
    assert (dump.first_line, dump.last_line) == (0, text.rstrip().count("\n") - 2)


@pytest.mark.parametrize(
    "text",
    ["goroutine profile: total 12", "7 @ 0x40 0x41\nno frame", "mail to 3 @ 0x7f is refused"],
)
def test_what_names_no_frame_is_no_profile(text: str) -> None:
    assert list(read_printed_groups(lines_of(text))) == []
