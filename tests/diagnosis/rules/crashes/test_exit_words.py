"""Who ended the process, by a log alone: the only call whose words are the last ones."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import causes_of
from diagnosis.program_runs import RELEASES
from diagnosis.rule_table import record
from diagnosis.text_logs import case_of_text

TOLD = {
    "TestServe": "log.Fatalf (@fatalf) ended the process{ran}: its words are the last in the log"
    " [fails @fatalf]",
    "TestRoute": "l.Fatalln (@fatalln) ended the process{ran}: its words are the last in the log"
    " [fails @fatalln]",
    "TestLoad": "log.Fatal (@fatal) ended the process{ran}: its words are the last in the log"
    " [fails @fatal]",
    "TestQuit": "",
    "TestDie": "",
    "TestFirst": "",
}


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", TOLD)
def test_the_only_call_with_the_last_words_is_told(test: str, release: str) -> None:
    for level, flags, ran in (
        ("log with -v, and source", ("-v",), f" while {test} ran"),
        ("log without -v, and source", (), ""),
    ):
        case = case_of_text("exits", release, f"-run=^{test}$", *flags)
        expected = [f"exit-called, inferred: {TOLD[test].format(ran=ran)}"] if TOLD[test] else []
        (told,) = causes_of(case).values()
        record("exit-called" if expected else "(exits)", level, expected, told)
        assert told == expected, level
        (without,) = causes_of(case, source=False).values()
        assert without == []
