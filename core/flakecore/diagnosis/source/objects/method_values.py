"""Methods that a package hands on instead of calling them: ``time.AfterFunc(d, wg.Done)``.

Who calls such a method, and when, is not in the source, so that nothing may be claimed of all
who could.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import text_of

_THROUGH_AN_INTERFACE = "sync.Locker"


def hands_on(package: GoPackage, names: Collection[str]) -> bool:
    """Return whether a method of one of these names may be used as a value in a package."""
    if not package.is_whole:
        return True
    for file in package.files.values():
        for name in (each for method in names for each in file.named(method)):
            node = name.parent
            if node is None or node.type != "selector_expression":
                continue
            if node.child_by_field_name("field") != name:
                continue
            call = node.parent
            called = call.child_by_field_name("function") if call is not None else None
            if called is None or called.start_byte != node.start_byte:
                return True
    return False


@lru_cache(maxsize=16)
def counts_down_elsewhere(package: GoPackage) -> bool:
    """Return whether a wait group may be counted down by whom the source does not show.

    That is by ``wg.Go`` (since Go 1.25), which calls Done itself, or through a method value.
    """
    for name, file in package.files.items():
        for go in file.named("Go"):
            selected = go.parent
            call = selected.parent if selected is not None else None
            if selected is None or call is None or call.type != "call_expression":
                continue
            is_go = selected.type == "selector_expression" and (
                selected.child_by_field_name("field") == go
                and call.child_by_field_name("function") == selected
            )
            # A method Go of the package's own is followed like any other.
            if is_go and not package.calls.called_by(name, call):
                return True
    return hands_on(package, ("Done",))


@lru_cache(maxsize=16)
def unlocks_elsewhere(package: GoPackage) -> bool:
    """Return whether a lock may be released through a method value or an interface."""
    if hands_on(package, ("Unlock", "RUnlock")):
        return True
    return any(_THROUGH_AN_INTERFACE in text_of(file.root) for file in package.files.values())
