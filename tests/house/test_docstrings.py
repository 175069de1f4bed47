"""What a public dataclass of the library says of its fields is of the fields that it has."""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path

LIBRARY = Path(__file__).parents[2] / "core" / "flakecore"
HEADING = "Attributes:"
ENTRY = re.compile(r"^    (\w+(?:,\s+\w+)*):(?:\s|$)", re.M)
"""The names in front of an entry of a list of attributes, one or several."""


@functools.cache
def _classes() -> dict[str, ast.ClassDef]:
    """Return the public classes that list their attributes, by where they stand."""
    found = {}
    for path in sorted(LIBRARY.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ClassDef) or node.name.startswith("_"):
                continue
            if HEADING in (ast.get_docstring(node) or ""):
                found[f"{path.relative_to(LIBRARY).as_posix()}:{node.name}"] = node
    return found


def _fields(node: ast.ClassDef) -> set[str]:
    """Return the public fields of a class, without those that it inherits."""
    return {
        each.target.id
        for each in node.body
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
        if not each.target.id.startswith("_")
        if not ast.unparse(each.annotation).startswith("ClassVar")
    }


def _listed(node: ast.ClassDef) -> set[str]:
    attributes = (ast.get_docstring(node) or "").partition(HEADING)[2]
    return {name for found in ENTRY.finditer(attributes) for name in re.split(r",\s+", found[1])}


def _properties(node: ast.ClassDef) -> set[str]:
    return {each.name for each in node.body if isinstance(each, ast.FunctionDef)}


def test_there_are_classes_that_list_their_attributes() -> None:
    assert len(_classes()) > 200


def test_every_field_is_explained() -> None:
    found = {name: _fields(node) - _listed(node) for name, node in _classes().items()}
    assert {name: fields for name, fields in found.items() if fields} == {}


def test_no_field_is_explained_that_is_not_there() -> None:
    """But for classes that inherit fields, or that set them as they are made."""
    found = {
        name: _listed(node) - _fields(node) - _properties(node)
        for name, node in _classes().items()
        if _fields(node) and not node.bases
    }
    assert {name: fields for name, fields in found.items() if fields} == {}
