"""Of a package some of whose files are missing nothing is said that only all of them would tell."""

from __future__ import annotations

from diagnosis.source.go_text import FILE, line_with, operation, package
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.objects.method_values import counts_down_elsewhere
from flakecore.diagnosis.source.objects.operations import OperationKind
from flakecore.diagnosis.source.panics.nil_origin import nil_origin
from flakecore.timeline.sources import LEFT_OUT, Sources

TEXT = """
var table map[string]int

type box struct{ out chan int }

func (b *box) take() int { return <-b.out }

func fill() {
	table["a"] = 1
}
"""


def _in_part() -> GoPackage:
    parsed = GoPackage.parsed("/p", {FILE: f"package p\n{TEXT}", "big.go": ""})
    assert parsed is not None
    return parsed


def test_a_package_is_whole_where_each_of_its_files_has_a_text() -> None:
    assert package(TEXT).is_whole
    assert not _in_part().is_whole
    assert list(_in_part().files) == [FILE]


def test_an_object_may_be_used_in_a_file_that_is_missing() -> None:
    for parsed, escapes in ((package(TEXT), False), (_in_part(), True)):
        receives = operation(parsed, OperationKind.RECEIVE, "b.out")
        assert parsed.uses.escapes(FILE, receives) is escapes
        assert counts_down_elsewhere(parsed) is escapes


def test_a_variable_may_be_set_in_a_file_that_is_missing() -> None:
    line = line_with(TEXT, 'table["a"]')
    past = nil_origin(package(TEXT), FILE, line, "table")
    assert past is not None
    assert past.words == ", which nothing in the package sets"
    assert nil_origin(_in_part(), FILE, line, "table") is None


def test_a_file_that_was_left_out_of_the_bundle_has_no_text() -> None:
    sources = Sources(
        bundled={
            "sources/example.com/p/p.go": b"package p\n\nfunc F() {}\n",
            "sources/example.com/p/big.go": LEFT_OUT,
        }
    )

    class Frame:
        function = "example.com/p.F"
        file = "/src/p/p.go"
        line = 3

    assert sources.package_files(Frame()) == {"p.go": "package p\n\nfunc F() {}\n", "big.go": ""}


def test_a_package_of_the_standard_library_and_itself_is_used_by_nobody_else() -> None:
    for imports, within in (('"sync"', True), ('"m.org/p"', True), ('"m.org/q"', False)):
        parsed = GoPackage.parsed("/p", {FILE: f"package p\nimport {imports}\n{TEXT}"})
        assert parsed is not None
        assert parsed.is_within("m.org/p") is within
    assert not _in_part().is_within("m.org/p")
