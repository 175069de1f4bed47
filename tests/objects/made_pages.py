"""A page by hand, as the format's description has it: two goroutines that wait for one another."""

from __future__ import annotations

from typing import Any

import orjson


def page(**changed: Any) -> dict[str, Any]:
    """Return a page as it stands in the file, with some of its keys changed."""
    return {
        "version": 1,
        "why": "deadline",
        "mono_ns": 5_000,
        "unix_ns": 1_700_000_000_000_005_000,
        "go": "go1.27.3",
        "missing": [],
        "lost": {"goroutines": 0, "objects": 0},
        "frames": [
            ["sync.(*Mutex).Lock", "/go/src/sync/mutex.go", 46],
            ["example.com/bank.Transfer", "/src/bank/bank.go", 20],
            ["example.com/bank.Transfer", "/src/bank/bank.go", 18],
            ["testing.tRunner", "/go/src/testing/testing.go", 2036],
            ["time.NewTimer", "/go/src/time/sleep.go", 111],
        ],
        "stacks": [[0, 1, 3], [2, 3], [4]],
        "goroutines": [
            {
                "id": 8,
                "test": "TestBoth",
                "state": "waiting",
                "reason": "sync.Mutex.Lock",
                "since": 4_000,
                "stack": 0,
                "parent": 7,
                "created_at": 1,
                "labels": {"request": "9"},
                "live": False,
                "because": "object",
                "waits": [{"object": "0xc000012160", "op": "lock", "case": 0}],
            },
            {"id": 9, "state": "ended", "ended_ns": 3_000, "function": "example.com/bank.watch"},
        ],
        "objects": [
            {
                "address": "0xc000012160",
                "kind": "mutex",
                "holders": [{"goroutine": 9, "mode": "write", "since": 2_000, "stack": 1}],
            },
            {
                "address": "0xc000100000",
                "kind": "chan",
                "cap": 1,
                "len": 1,
                "closed": False,
                "elem": "int",
                "last_send": {"goroutine": 8, "at": 2_500, "stack": 1},
                "reachable_from": [8],
                "global": True,
                "variable": "bank.queue",
            },
        ],
        **changed,
    }


def lines(*pages: object) -> bytes:
    """Return a file of pages."""
    return b"".join(orjson.dumps(each) + b"\n" for each in pages)
