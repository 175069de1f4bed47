"""Sorts by one part of their elements, and the values of that part in a message."""

from __future__ import annotations

import pytest

from diagnosis.source.go_text import FILE, package
from flakecore.diagnosis.rules.test_code.orders.partial_sorts import (
    PartialSort,
    keys_of,
    partial_sorts,
)
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.syntax import walk

_TEXT = """import (
	"cmp"
	"slices"
	"sort"
	"strings"
)

type Row struct {
	Name  string
	Score int
}

func Top(rows []Row, refs []*Row, names []string, counts map[string]int) {
	SORT
}
"""


def _sorts(sort: str) -> tuple[GoPackage, list[PartialSort]]:
    parsed = package(_TEXT.replace("SORT", sort))
    root = parsed.files[FILE].root
    (function,) = (each for each in walk(root) if each.type == "function_declaration")
    return parsed, list(partial_sorts(parsed, FILE, function))


def _by_index(less: str, rows: str = "rows", name: str = "sort.Slice") -> str:
    return f"{name}({rows}, func(i, j int) bool {{ return {less} }})"


def _by_element(compares: str, kind: str = "Row", name: str = "slices.SortFunc") -> str:
    return f"{name}(rows, func(a, b {kind}) int {{ return {compares} }})"


@pytest.mark.parametrize(
    ("sort", "key", "kind"),
    [
        (_by_index("rows[i].Score > rows[j].Score"), "Score", "Row"),
        (_by_index("refs[i].Score < refs[j].Score", "refs"), "Score", "Row"),
        (_by_index("rows[i].Name < rows[j].Name", name="sort.SliceStable"), "Name", "Row"),
        (_by_index("counts[names[i]] > counts[names[j]]", "names"), "counts[names[i]]", ""),
        (_by_element("a.Score - b.Score"), "Score", "Row"),
        (_by_element("cmp.Compare(b.Score, a.Score)"), "Score", "Row"),
        (_by_element("strings.Compare(a.Name, b.Name)", "*Row"), "Name", "Row"),
        (_by_element("counts[a] - counts[b]", "string"), "counts[a]", ""),
        (_by_element("a.Score - b.Score", name="slices.SortStableFunc"), "Score", "Row"),
    ],
)
def test_a_sort_that_compares_one_part_alone_is_by_that(sort: str, key: str, kind: str) -> None:
    _, (found,) = _sorts(sort)
    assert (found.key, found.kind) == (key, kind)


@pytest.mark.parametrize(
    "sort",
    [
        _by_index("names[i] < names[j]", "names"),
        _by_element("cmp.Compare(a, b)", "int"),
        _by_element("cmp.Or(a.Score-b.Score, strings.Compare(a.Name, b.Name))"),
        _by_index("rows[i].Score < rows[j].Score || rows[i].Name < rows[j].Name"),
        "sort.Slice(rows, func(i, j int) bool {\n\tif rows[i].Score != rows[j].Score {\n"
        "\treturn rows[i].Score < rows[j].Score\n\t}\n\treturn rows[i].Name < rows[j].Name\n})",
        "sort.Slice(rows, byScore)",
        "sort.Strings(names)",
        _by_index("rows[i].Score < rows[j].Score", name="own.Slice"),
        f"defer func() {{ {_by_index('rows[i].Score < rows[j].Score')} }}()",
    ],
)
def test_a_sort_by_all_of_an_element_or_by_more_than_one_part_is_none(sort: str) -> None:
    _, found = _sorts(sort)
    assert found == []


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("[{ann 7} {bob 7}]", ["7", "7"]),
        ("[{Name:ann Score:7} {Name:bob Score:9}]", ["7", "9"]),
        ("[{ann lee 7}]", None),
        ("ann, bob", None),
    ],
)
def test_the_keys_of_structs_are_read_as_fmt_writes_them(text: str, keys: list[str] | None) -> None:
    parsed, (found,) = _sorts(_by_index("rows[i].Score > rows[j].Score"))
    assert keys_of(parsed, found, text) == keys


def test_what_is_no_field_of_the_elements_has_no_keys() -> None:
    parsed, (found,) = _sorts(_by_index("counts[names[i]] > counts[names[j]]", "names"))
    assert keys_of(parsed, found, "[{ann 7} {bob 7}]") is None
