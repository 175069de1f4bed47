"""Which line says why a logger ended the process, and which lines do not."""

from __future__ import annotations

import pytest

from flakecore.gotest.logs.fatal_lines import fatal_line

DUMP = ("goroutine 36 [running]:", "k8s.io/klog/v2.stacks(0x1)", "    /mod/klog.go:1026 +0xb9")


@pytest.mark.parametrize(
    ("text", "file", "line"),
    [
        ("F0305 10:11:13.000002   12345 lease.go:77] lost lease", "lease.go", 77),
        ("F160217 21:41:50.482828 900 storage/raft.go:519  range lost", "storage/raft.go", 519),
        ("2024-03-05T10:11:12.222Z    FATAL    boot/boot.go:31    no store", "boot/boot.go", 31),
        ('time="2024-03-05T10:11:12Z" level=fatal msg="no store"', "", 0),
        ('{"level":"fatal","ts":1709633472.2,"msg":"no store"}', "", 0),
        ("FATA[0012] no store", "", 0),
        ("2024-03-05T10:11:12Z FTL no store", "", 0),
    ],
)
def test_a_line_of_level_fatal_is_it_whatever_stands_below(text: str, file: str, line: int) -> None:
    found = fatal_line(("started", text, *DUMP))
    assert found is not None
    assert (found.text, found.file, found.line) == (text, file, line)


def test_package_logs_line_is_it_where_it_stands_last() -> None:
    found = fatal_line(("started", "2024/03/05 10:11:13 dial.go:9: refused", ""))
    assert found is not None
    assert (found.text, found.file, found.line) == (
        "2024/03/05 10:11:13 dial.go:9: refused",
        "dial.go",
        9,
    )
    assert fatal_line(("2024/03/05 10:11:13 refused", "going on")) is None


def test_lines_of_lower_levels_and_prose_are_not() -> None:
    assert fatal_line(("E0305 10:11:13.000002   12345 lease.go:77] retrying",)) is None
    assert fatal_line(("F1 is a car race", "level=error msg=fatal", "FATAL")) is None
    assert fatal_line(()) is None
