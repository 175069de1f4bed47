"""Places where goroutines print what a failing test's message shows."""

from __future__ import annotations

import pytest

from diagnosis.failing_sources import FILE, failing_source, function_of
from flakecore.diagnosis.rules.test_code.orders.printed_places import printed_places
from flakecore.diagnosis.rules.test_code.orders.started_literals import is_started_in_a_loop
from flakecore.diagnosis.source.go_parser import text_of
from flakecore.diagnosis.source.syntax import walk

_TEXT = """import (
	"fmt"
	"io"
	"log"
	"log/slog"
	"testing"
)

func Run(hosts []string, w, x io.Writer, logger *log.Logger, done chan int) {
	BODY
}

func TestX(t *testing.T) {
	if got := Run(nil, nil, nil, nil, nil); got != "" {
		t.Fatal(got)
	}
}
"""
_MESSAGE = "got began b\nended a\nno"
_EACH = "prints in its goroutines"
_BESIDE = "prints in its goroutine and beside it"


def _printed(body: str) -> list[tuple[str, str]]:
    failing = failing_source(_TEXT.replace("BODY", body), _MESSAGE)
    function = function_of(failing, "Run")
    started = [each for each in walk(function) if is_started_in_a_loop(each)]
    found = list(printed_places(failing, FILE, function, started))
    assert {each.file for each in found} <= {FILE}
    return [(text_of(each.node), each.does) for each in found]


@pytest.mark.parametrize(
    "call",
    [
        'fmt.Fprintf(w, "began %s\\n", h)',
        'fmt.Fprintln(w, "began", h)',
        'log.Printf("began %s", h)',
        'slog.Info("began", "host", h)',
        'logger.Println("began", h)',
        'io.WriteString(w, "x"); logger.Print(`began `, h)',
    ],
)
def test_goroutines_of_a_loop_print_what_the_message_shows(call: str) -> None:
    body = f"for _, h := range hosts {{ go func() {{ {call} }}() }}"
    assert _printed(body) == [(call.rpartition("; ")[2], _EACH)]
    assert _printed(f"for _, h := range hosts {{ {call} }}") == []


@pytest.mark.parametrize(
    "call",
    [
        'logger.Printf("stopped %s", h)',
        'logger.Print("no")',
        'logger.Printf("%s", h)',
        "logger.Print(h)",
        'fmt.Errorf("began %s", h)',
        'logger.Fatal("began")',
        'note("began")',
    ],
)
def test_what_the_message_does_not_show_or_no_logger_writes_is_not_printed(call: str) -> None:
    assert _printed(f"for _, h := range hosts {{ go func() {{ {call} }}() }}") == []


@pytest.mark.parametrize(
    ("inside", "between", "beside", "told"),
    [
        ('fmt.Fprint(w, "began")', "", 'fmt.Fprint(w, "ended")', True),
        ('logger.Print("began")', "", 'logger.Print("ended")', True),
        ('fmt.Fprint(w, "began")', "", 'fmt.Fprint(x, "ended")', False),
        ('fmt.Fprint(w, "began")', "", 'fmt.Fprint(w, "stopped")', False),
        ('fmt.Fprint(w, "began")', "<-done", 'fmt.Fprint(w, "ended")', False),
        ('fmt.Fprint(w, "began")', "close(done)", 'fmt.Fprint(w, "ended")', True),
    ],
)
def test_one_goroutine_prints_beside_its_function_until_that_waits(
    inside: str, between: str, beside: str, *, told: bool
) -> None:
    body = f"go func() {{ {inside} }}()\n\t{between}\n\t{beside}"
    assert _printed(body) == ([(inside, _BESIDE)] if told else [])
