"""Which functions of a package its tests may come to call, by the text of the package."""

from __future__ import annotations

from collections.abc import Collection

from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node, text_of

_BEFORE_TESTS = ("TestMain", "init")


def may_be_called(
    package: GoPackage, file: str, function: Node, tests: Collection[str], *, surely: bool
) -> bool:
    """Return whether some of the package's tests may come to call a function.

    Args:
        package: the package.
        file: the name of the function's file.
        function: the function, or a literal in one.
        tests: names of the tests' functions.
        surely: whether calls by name alone count; otherwise those through values, too, by other
            packages, and by tests whose functions are not found.
    """
    calls = package.calls
    leading = calls.leading_to([(file, function)])
    named = {
        text_of(node.child_by_field_name("name")): (name, node.start_byte) in leading
        for name, parsed in package.files.items()
        for node in parsed.functions
        if text_of(node.child_by_field_name("name")) in (*tests, *_BEFORE_TESTS)
    }
    if any(named.values()):
        return True
    is_open = calls.is_open(leading) or calls.is_by_value(leading) or not set(tests) <= set(named)
    return is_open and not surely
