"""Which function of another package a call means, by the imports of its file."""

from __future__ import annotations

import re

from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.types import PackageTypes

_VERSION = re.compile(r"v\d+")


def imports_of(root: Node) -> dict[str, str]:
    """Return the import paths of a file by the names that it uses for them.

    A package without a name of its own there goes by the last element of its path that is no
    version, as the packages of the standard library do.
    """
    found: dict[str, str] = {}
    for declared in root.named_children:
        if declared.type != "import_declaration":
            continue
        specs = list(declared.named_children)
        for spec in specs:
            if spec.type == "import_spec_list":
                specs += spec.named_children
            elif spec.type == "import_spec":
                path = text_of(spec.child_by_field_name("path")).strip('"`')
                parts = [each for each in path.split("/") if not _VERSION.fullmatch(each)]
                name = text_of(spec.child_by_field_name("name"))
                found[name or (parts[-1] if parts else path)] = path
    return found


def library_function(call: Node, imports: dict[str, str], types: PackageTypes) -> str:
    """Return the function of another package that a call means; "" for any other call.

    Args:
        call: a call expression.
        imports: those of its file.
        types: those of its package, which distinguish a package from a variable of the same name.

    Returns:
        ``time.Since``, ``math/rand/v2.IntN``.
    """
    called = call.child_by_field_name("function") if call.type == "call_expression" else None
    if called is None or called.type != "selector_expression":
        return ""
    operand = called.child_by_field_name("operand")
    if operand.type != "identifier" or text_of(operand) not in imports:
        return ""
    if types.binding(operand) is not None:
        return ""
    return f"{imports[text_of(operand)]}.{text_of(called.child_by_field_name('field'))}"
