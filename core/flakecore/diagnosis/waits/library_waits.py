"""Waits within functions of the standard library that give out what is theirs, for people.

Which function waits for what stands in database/sql/sql.go, in server.go and transport.go of
net/http, and in net/http/httptest/server.go.
"""

from __future__ import annotations

from flakecore.diagnosis.goroutine_states import GoroutineState
from flakecore.frames import is_own

ANSWER = "net/http.(*persistConn).roundTrip"
"""Where a client waits for the answer to its request."""
_HANDLER = "net/http.(*conn).serve"
_HANDLERS_END = "waits for a server's handlers to end"
_WAITS = (
    ("database/sql.(*DB).conn", "waits for a free connection of its sql.DB"),
    ("net/http.(*Server).Shutdown", _HANDLERS_END),
    ("net/http/httptest.(*Server).Close", _HANDLERS_END),
    ("net/http.(*Transport).getConn", "waits for a connection of its http.Transport"),
    (ANSWER, "waits for the answer to an HTTP request"),
)


def library_wait(state: GoroutineState) -> str:
    """Return what a goroutine waits for in a function of the standard library; "" if unknown."""
    own = state.own
    if own is None or not is_own(own, state.package) or not state.blocked_on.on_others:
        return ""
    at = state.frames.index(own)
    within = [frame.function for frame in state.frames[:at]]
    found = next((what for function, what in _WAITS if function in within), "")
    behind = (frame.function for frame in state.frames[at:])
    return f"{found}, within a handler," if found == _HANDLERS_END and _HANDLER in behind else found
