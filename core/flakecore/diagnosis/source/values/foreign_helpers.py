"""Assertions of other packages, a module's own or a small library's, reported by their names.

Their source is not part of the package that is looked at. A function that takes the test first and
is named as testify's are, ``check.Equal(t, want, got)`` or ``is.NoErr(t, err)``, asserts what
stands behind it.
"""

from __future__ import annotations

from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node
from flakecore.frames import is_standard

_TESTS = ("*testing.T", "*testing.B", "*testing.F", "testing.TB")
_VALUES = {
    **dict.fromkeys(("Equal", "NotEqual", "DeepEqual", "EqualValues", "Equals", "Eq", "Same"), 2),
    **dict.fromkeys(("NotSame", "Len", "Contains", "ElementsMatch", "ErrorIs", "ErrorContains"), 2),
    **dict.fromkeys(("True", "False", "Nil", "NotNil", "Error", "NoError", "NilError"), 1),
    **dict.fromkeys(("NoErr", "Ok", "OK", "Err", "Empty", "NotEmpty", "Zero", "NotZero"), 1),
    **dict.fromkeys(("Eventually", "EventuallyWithT"), 1),
}
"""How many values such functions take behind the test.

Of one that asks which value is less it is not known in which order it takes them.
"""


def values_handed_on(package: GoPackage, file: str, call: Node) -> tuple[Node, ...]:
    """Return the values that a call of another package's assertion is given; empty for others.

    Args:
        package: the package that the call stands in.
        file: the name of its file.
        call: a call expression.
    """
    path, _, name = package.files[file].library_function(call).rpartition(".")
    count = _VALUES.get(name) or _VALUES.get(name.removesuffix("f"), 0)
    if not path or not count or is_standard(path):
        return ()
    given = [
        each
        for each in call.child_by_field_name("arguments").named_children
        if each.type != "comment"
    ]
    if len(given) <= count or package.types.type_of(given[0]) not in _TESTS:
        return ()
    return tuple(given[1 : count + 1])
