"""Cases of a test that ran out of time, with a page of goroutines and objects by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flakecore.bundle import open_bundle
from flakecore.diagnosis.objects.object_graph import ObjectGraph
from flakecore.diagnosis.objects.page_states import page_of_failure, states_of_page
from flakecore.timeline import Case, load_cases
from objects.made_pages import lines, page

_OUTPUT = (
    ("run", "TestBoth", ""),
    ("run", "TestBoth/sub", ""),
    ("output", "TestBoth/sub", "panic: test timed out after 1s\n"),
    ("output", "TestBoth/sub", "\trunning tests:\n"),
    ("output", "TestBoth/sub", "\t\tTestBoth/sub (1s)\n"),
    ("output", "TestBoth/sub", "\n"),
    ("output", "TestBoth/sub", "goroutine 1 [running]:\n"),
    ("output", "TestBoth/sub", "testing.(*M).startAlarm.func1()\n"),
    ("output", "TestBoth/sub", "\t/go/src/testing/testing.go:2802 +0x34b\n"),
    ("fail", "TestBoth/sub", ""),
)


def goroutine(number: int, *waits: tuple[int, str], **more: Any) -> dict[str, Any]:
    """Return a goroutine that waits on objects and cannot go on."""
    listed = [{"object": hex(address), "op": operation} for address, operation in waits]
    known = {"id": number, "state": "waiting", "stack": 0, "live": False, "waits": listed}
    return known | {"test": "TestBoth/sub", "since": 4_000} | more


def lock(address: int, *holders: int, kind: str = "mutex", mode: str = "write") -> dict[str, Any]:
    """Return a lock that goroutines hold."""
    held = [{"goroutine": each, "mode": mode, "since": 2_000, "stack": 1} for each in holders]
    return {"address": hex(address), "kind": kind, "holders": held}


def channel(address: int, *reachable_from: int, **more: Any) -> dict[str, Any]:
    """Return a channel that goroutines have."""
    found = {"address": hex(address), "kind": "chan", "cap": 0, "len": 0, "elem": "int"}
    return found | {"reachable_from": list(reachable_from)} | more


def made_case(folder: Path, *pages: dict[str, Any]) -> Case:
    """Return a case whose test ran out of time, with pages."""
    events = [
        {"Time": f"2023-11-14T22:13:20.00000{at}Z", "Action": action, "Package": "example.com/bank"}
        | {"Test": test}
        | ({"Output": text} if text else {})
        for at, (action, test, text) in enumerate(_OUTPUT)
    ]
    folder.mkdir(exist_ok=True)
    (folder / "test.json").write_bytes(lines(*events))
    (folder / "objects.json").write_bytes(lines(*pages))
    (case,) = load_cases(open_bundle(folder))
    return case


def made_graph(
    folder: Path, goroutines: list[dict[str, Any]], objects: list[dict[str, Any]]
) -> ObjectGraph:
    """Return the graph of a page with these goroutines and objects."""
    case = made_case(folder, page(goroutines=goroutines, objects=objects))
    (failure,) = case.failures
    found = page_of_failure(case, failure)
    assert found is not None
    return ObjectGraph(case, states_of_page(case, found, failure.test, failure.at_ns), found)
