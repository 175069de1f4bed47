"""Calls of testify (``assert``, ``require``, ``suite``): the values that they assert, compared.

An assertion is a function of packages ``assert`` and ``require``, or a method of what ``New(t)`` of
these made, of a suite (``s.Equal``; a struct that embeds ``suite.Suite``), or of what a suite's
``Require()`` or ``Assert()`` gives.
"""

from __future__ import annotations

from dataclasses import dataclass

from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node, text_of

_TESTIFY = "github.com/stretchr/testify"
_PATHS = ("github.com/stretchr/testify/assert.", "github.com/stretchr/testify/require.")
_SUITE = "github.com/stretchr/testify/suite"
_FAILS = frozenset(("Fail", "FailNow"))
"""Functions and methods that fail the test whatever they are given."""
_OF_SUITE = ("Require", "Assert")
"""Methods of a suite that give its assertions (``suite/suite.go``)."""
_DEPTH = 8
"""Structs that embed one another of which a suite is made, at most."""
_VALUES = {
    **dict.fromkeys(("True", "False", "Nil", "NotNil", "Zero", "NotZero", "Empty", "NotEmpty"), 1),
    **dict.fromkeys(("Error", "NoError", "Positive", "Negative"), 1),
    **dict.fromkeys(("Equal", "NotEqual", "EqualValues", "Exactly", "Same", "NotSame", "Len"), 2),
    **dict.fromkeys(("Less", "LessOrEqual", "Greater", "GreaterOrEqual", "Contains"), 2),
    **dict.fromkeys(("NotContains", "ElementsMatch", "Subset", "ErrorIs", "EqualError"), 2),
    **dict.fromkeys(("ErrorContains", "JSONEq", "IsType", "Regexp"), 2),
    **dict.fromkeys(("Eventually", "EventuallyWithT"), 1),
    **dict.fromkeys(("InDelta", "InEpsilon", "WithinDuration"), 3),
}
"""How many values the functions take behind the test; ``f`` at the end of a name adds a format."""
_FAILS_BY = {
    "Less": ">=",
    "LessOrEqual": ">",
    "Greater": "<=",
    "GreaterOrEqual": "<",
    "Equal": "!=",
    "NotEqual": "==",
}
"""What holds between the two values of an assertion that fails."""
_CONVERSE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two values that compare so.

    Attributes:
        left, right: their expressions.
        operator: Go's, such as ``>=``.
    """

    left: Node
    operator: str
    right: Node

    @property
    def text(self) -> str:
        """The comparison, for a person."""
        sides = (" ".join(text_of(each).split()) for each in (self.left, self.right))
        return f" {self.operator} ".join(sides)


def asserted_values(package: GoPackage, file: str, call: Node) -> tuple[Node, ...]:
    """Return the values that a call of testify asserts; empty for any other call."""
    called = call.child_by_field_name("function")
    arguments = call.child_by_field_name("arguments")
    if called is None or called.type != "selector_expression" or arguments is None:
        return ()
    count = _VALUES.get(_plain(text_of(called.child_by_field_name("field"))), 0)
    if not count or not _is_used(package):
        return ()
    values = arguments.named_children
    if package.files[file].library_function(call).startswith(_PATHS):
        values = values[1:]
    elif not _is_assertions(package, file, called.child_by_field_name("operand")):
        return ()
    return tuple(values[:count]) if count <= len(values) else ()


def _is_used(package: GoPackage) -> bool:
    """Return whether a file of a package imports testify; what embeds a suite need not."""
    return any(file.mentions(_TESTIFY) for file in package.files.values())


def fails_by_itself(package: GoPackage, file: str, call: Node) -> bool:
    """Return whether a call is ``assert.Fail(t, text)``, ``s.FailNow(text)`` or their kin."""
    called = call.child_by_field_name("function")
    if called is None or called.type != "selector_expression":
        return False
    if _plain(text_of(called.child_by_field_name("field"))) not in _FAILS:
        return False
    if not _is_used(package):
        return False
    if package.files[file].library_function(call).startswith(_PATHS):
        return True
    return _is_assertions(package, file, called.child_by_field_name("operand"))


def polls(package: GoPackage, file: str, call: Node) -> bool:
    """Return whether a call of testify asks again and again until its time is over."""
    if not asserted_values(package, file, call):
        return False
    name = text_of(call.child_by_field_name("function").child_by_field_name("field"))
    return name.startswith("Eventually")


def comparisons_of(call: Node, values: tuple[Node, ...]) -> tuple[Comparison, ...]:
    """Return what holds between the values of an assertion where it fails."""
    name = _plain(text_of(call.child_by_field_name("function").child_by_field_name("field")))
    if name in _FAILS_BY:
        return (Comparison(values[0], _FAILS_BY[name], values[1]),)
    found = comparison(values[0]) if name in ("True", "False") else None
    if found is None:
        return ()
    if name == "True":
        return (Comparison(found.left, _CONVERSE[found.operator], found.right),)
    return (found,)


def comparison(node: Node) -> Comparison | None:
    """Return an expression as a comparison; None if it is none."""
    if node.type != "binary_expression":
        return None
    operator = text_of(node.child_by_field_name("operator"))
    if operator not in _CONVERSE:
        return None
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    return Comparison(left, operator, right)


def _plain(name: str) -> str:
    """Return the name of an assertion without the ``f`` of one that takes a format."""
    return name[:-1] if name not in _VALUES and name.endswith("f") else name


def _is_assertions(package: GoPackage, file: str, operand: Node) -> bool:
    """Return whether the methods of an expression are assertions."""
    if is_suite(package, file, operand) or _gives_assertions(package, file, operand):
        return True
    if operand.type != "identifier":
        return False
    made = package.origins.assigned(operand)
    return bool(made) and all(_gives_assertions(package, file, each) for each in made)


def _gives_assertions(package: GoPackage, file: str, call: Node) -> bool:
    """Return whether an expression is ``assert.New(t)``, ``s.Require()`` or their kin."""
    if call.type != "call_expression":
        return False
    if package.files[file].library_function(call) in {f"{path}New" for path in _PATHS}:
        return True
    called = call.child_by_field_name("function")
    if called.type != "selector_expression":
        return False
    gives = text_of(called.child_by_field_name("field")) in _OF_SUITE
    return gives and is_suite(package, file, called.child_by_field_name("operand"))


def is_suite(package: GoPackage, file: str, node: Node) -> bool:
    """Return whether an expression is a suite of testify: a struct that embeds one, or its field.

    Args:
        package: the package.
        file: the name of the file that it stands in, by whose imports a type is reported.
        node: the expression.
    """
    named = {
        f"{name}.Suite" for name, path in package.files[file].imports.items() if path == _SUITE
    }
    every = {
        f"{name}.Suite"
        for each in package.files.values()
        for name, path in each.imports.items()
        if path == _SUITE
    }
    waiting = [package.types.type_of(node).lstrip("*")]
    if waiting[0] in named:
        return True
    for _ in range(_DEPTH):
        waiting = [
            each.lstrip("*") for kind in waiting for each in package.types.embedded.get(kind, ())
        ]
        if every.intersection(waiting):
            return True
    return False
