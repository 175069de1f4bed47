"""Which expressions of the line that panicked may be the nil pointer that was followed.

The dump shows which receivers are no nil pointers, the runtime's lines where the fault was, and the
stack whether the line itself followed it, or a method of another package that it called.
"""

from __future__ import annotations

from flakecore.diagnosis.crash_site import CrashSite
from flakecore.diagnosis.goroutine_states import StackFrame
from flakecore.diagnosis.source.go_files import GoFiles
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import text_of
from flakecore.diagnosis.source.panics.expressions import all_dereferenced
from flakecore.diagnosis.source.panics.nil_parts import nil_parts

_CANDIDATES = 3
"""Expressions of a line that are named where any of them may be the nil one."""


def nil_candidates(files: GoFiles, site: CrashSite, address: int | None) -> list[str]:
    """Return the expressions of the line that may be the nil pointer; empty for too many.

    Args:
        files: the Go files of the case.
        site: where a nil pointer was followed.
        address: where the fault was; None if unknown.
    """
    package, file = files.package_of(site.own), files.file_of(site.own)
    if package is None or file is None:
        return []
    is_there = site.receiver_is_there or _is_called_on_made(files, site)
    not_nil = files.receiver_of(site.own) if is_there else ""
    name = site.own.file.rpartition("/")[2]
    found = nil_parts(package, name, site.own.line, not_nil, address)
    if site.called is not None:
        receiver = _receiver(files, site, package)
        return [each for each in found if each == receiver]
    return found if len(found) <= _CANDIDATES else []


def _receiver(files: GoFiles, site: CrashSite, package: GoPackage) -> str:
    """Return on what the line called a method of another package, if that may be the nil pointer.

    A struct of the package's own has the method by what it embeds, which may be it as well.
    """
    if site.called is None or not site.may_be_handed_nil:
        return ""
    receiver = files.receiver_at(site.own, site.called)
    file = package.files[site.own.file.rpartition("/")[2]]
    kinds = {
        package.types.type_of(each).lstrip("*")
        for each in all_dereferenced(file, site.own.line)
        if text_of(each) == receiver
    }
    return receiver if not kinds & package.types.fields.keys() else ""


def _is_called_on_made(files: GoFiles, site: CrashSite) -> bool:
    """Return whether the method that panicked was called on what its caller had just made."""
    call = call_of(files, site)
    if call is None:
        return False
    package, caller, called = call
    return called not in nil_parts(package, caller.file.rpartition("/")[2], caller.line)


def call_of(files: GoFiles, site: CrashSite) -> tuple[GoPackage, StackFrame, str] | None:
    """Return the package and the frame that called the method that panicked, and on what.

    None where the source does not show it.
    """
    frame = next((each for each in site.frames[1:] if each.file.endswith(".go")), None)
    if frame is None:
        return None
    caller = StackFrame(frame.function, frame.file, frame.line)
    package = files.package_of(caller)
    called = files.receiver_at(caller, site.own)
    return (package, caller, called) if package is not None and called else None
