"""Whether the goroutines of two tests can share an object of a package.

What a test makes reaches another test by a package variable alone, or by the test that both are
subtests of. So where no variable of the package can hold a channel, a lock or what has one, the
goroutines of other tests that stand at the same places have objects of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.objects.operations import Operation
from flakecore.diagnosis.source.syntax import declared_around
from flakecore.timeline import Case

_BASIC = r"(?:string|bool|byte|rune|error|u?int\d*|uintptr|float\d+|complex\d+)"
_PLAIN_TYPE = re.compile(
    rf"(?:\[[^\]]*\]|\*|map\[{_BASIC}\])*"
    rf"(?:{_BASIC}|time\.(?:Duration|Time|Location)|regexp\.Regexp"
    r"|atomic\.(?:Bool|U?[Ii]nt(?:32|64))|sync\.(?:RW)?Mutex|sync\.Once)"
)
"""Types whose values lead to no object but a lock of the variable itself."""
_PLAIN_CALL = re.compile(
    r"(?:errors\.New|fmt\.(?:Errorf|Sprint\w*)|regexp\.MustCompile|os\.Getenv"
    r"|flag\.(?:Bool|Int|Int64|Uint|Uint64|String|Float64|Duration)|time\.(?:Date|Now|Unix))\("
)
"""Functions whose results are such values."""
_CONSTANT = re.compile(r"(?:time|math)\.[A-Z]\w*")
_LITERALS = frozenset(
    (
        *("interpreted_string_literal", "raw_string_literal", "rune_literal", "int_literal"),
        *("float_literal", "imaginary_literal", "true", "false"),
    )
)
_OF_LITERALS = frozenset(("unary_expression", "binary_expression", "parenthesized_expression"))
_TESTS = ("Test", "Fuzz", "Benchmark", "Example")
_LISTS = frozenset(("var_declaration", "var_spec_list"))


def root_test(case: Case, test: int) -> int:
    """Return the test that one is a subtest of, the outermost; itself, if of none."""
    while test >= 0 and case.tests[test].parent >= 0:
        test = case.tests[test].parent
    return test


def may_share(case: Case, package: GoPackage, one: int, other: int) -> bool:
    """Return whether goroutines of two tests, -1 for none, may have one object of a package."""
    if one < 0 or other < 0 or shares_objects(package):
        return True
    return root_test(case, one) == root_test(case, other)


def ends_of_test(
    package: GoPackage, ends: Sequence[tuple[str, Operation]], test: str
) -> tuple[tuple[str, Operation], ...]:
    """Return those of some operations that do not stand in another test's function.

    Args:
        package: one whose variables lead to no object.
        ends: the operations, with the files that they stand in.
        test: name of the outermost test that is asked about.
    """
    return tuple(
        (file, each) for file, each in ends if not _is_of_another(package, file, each, test)
    )


def _is_of_another(package: GoPackage, file: str, operation: Operation, test: str) -> bool:
    declared = declared_around(operation.function)
    if declared is None or not file.endswith("_test.go"):
        return False
    name = text_of(declared.child_by_field_name("name"))
    is_test = declared.type == "function_declaration" and name.startswith(_TESTS) and name != test
    return is_test and not any(package.calls.calls_of((file, declared.start_byte)))


@lru_cache(maxsize=64)
def shares_objects(package: GoPackage) -> bool:
    """Return whether a package variable may hold an object that several tests come to."""
    files = package.files.values()
    return not package.is_whole or any(
        not _is_plain(spec) for file in files for spec in _variables(file.root)
    )


def _variables(root: Node) -> Iterator[Node]:
    """Yield the declarations of variables of a file that are in no function."""
    todo = [each for each in root.named_children if each.type == "var_declaration"]
    while todo:
        node = todo.pop()
        todo += [each for each in node.named_children if each.type in _LISTS]
        yield from (each for each in node.named_children if each.type == "var_spec")


def _is_plain(spec: Node) -> bool:
    """Return whether variables lead to no object, or cannot be used."""
    if all(text_of(name) == "_" for name in spec.children_by_field_name("name")):
        return True
    kind = spec.child_by_field_name("type")
    if kind is not None:
        return _PLAIN_TYPE.fullmatch("".join(text_of(kind).split())) is not None
    values = spec.child_by_field_name("value")
    return values is not None and all(_is_plain_value(each) for each in values.named_children)


def _is_plain_value(node: Node) -> bool:
    if node.type == "composite_literal":
        kind = "".join(text_of(node.child_by_field_name("type")).split())
        return _PLAIN_TYPE.fullmatch(kind) is not None
    if node.type in _OF_LITERALS:
        return all(_is_plain_value(each) for each in node.named_children)
    if node.type == "selector_expression":
        return _CONSTANT.fullmatch(text_of(node)) is not None
    return node.type in _LITERALS or _PLAIN_CALL.match(text_of(node)) is not None
