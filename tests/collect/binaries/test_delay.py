"""A delay stands in front of one line's statement, and all lines keep their numbers."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from flakecore.collect.binaries.delay import delayed_text, write_delay_overlay
from flakecore.errors import CollectError

GO = """// A comment.
package held // of this name

import "fmt"

func held() {
	fmt.Println("a")
	switch {
	case true:
	}
}
"""


def test_the_delay_and_its_import_stand_on_lines_that_were_there() -> None:
    text = delayed_text(GO, 7, 300)
    assert text is not None
    lines, before = text.splitlines(), GO.splitlines()
    assert len(lines) == len(before)
    assert lines[1] == 'package held; import flaketuitime "time" // of this name'
    assert lines[6] == '\tflaketuitime.Sleep(300); fmt.Println("a")'
    assert [each for at, each in enumerate(lines) if at not in (1, 6)] == [
        each for at, each in enumerate(before) if at not in (1, 6)
    ]


@pytest.mark.parametrize("line", [0, 1, 2, 3, 4, 6, 9, 10, 99])
def test_where_no_statement_begins_there_is_no_place(line: int) -> None:
    assert delayed_text(GO, line, 300) is None


def test_an_overlay_of_the_persons_own_stays(tmp_path: Path) -> None:
    source, work = tmp_path / "x.go", tmp_path / "work"
    work.mkdir()
    source.write_text(GO)
    (tmp_path / "mine.json").write_text('{"Replace": {"other.go": "mine.go"}}')
    file = write_delay_overlay(work, source, 7, 300, users="mine.json", cwd=tmp_path)
    replaced = orjson.loads(file.read_bytes())["Replace"]
    assert replaced[str(tmp_path / "other.go")] == str(tmp_path / "mine.go")
    assert "Sleep(300)" in Path(replaced[str(source)]).read_text()
    assert source.read_text() == GO


def test_a_line_without_a_statement_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "x.go").write_text(GO)
    with pytest.raises(CollectError, match=r"no statement begins at x\.go:9"):
        write_delay_overlay(tmp_path, tmp_path / "x.go", 9, 300, users="", cwd=tmp_path)
    with pytest.raises(CollectError, match="cannot be read"):
        write_delay_overlay(tmp_path, tmp_path / "y.go", 9, 300, users="", cwd=tmp_path)
