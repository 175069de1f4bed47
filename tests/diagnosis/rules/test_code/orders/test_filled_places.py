"""Places that fill a list in the order in which goroutines come to them."""

from __future__ import annotations

import pytest

from diagnosis.failing_sources import FILE, failing_source, function_of
from flakecore.diagnosis.rules.test_code.orders.filled_places import filled_by_any
from flakecore.diagnosis.source.go_parser import text_of

_TEXT = """import (
	"log"
	"sync"
	"testing"
)

type store struct{ names []string }

func (s *store) Add(name string) { s.names = append(s.names, name) }
func (s *store) Len(name string) int { return len(append([]string{}, name)) }

func work(in int, out chan int) { out <- in }

func Run(hosts []int, s *store) (got []int) {
	var group sync.WaitGroup
	ch := make(chan int)
	other := make(chan int)
	BODY
	return got
}

func TestX(t *testing.T) {
	if Run(nil, nil) != nil {
		t.Fatal(hosts)
	}
}
"""


def _filled(body: str, message: str = "") -> list[tuple[str, str]]:
    failing = failing_source(_TEXT.replace("BODY", body), message)
    found = list(filled_by_any(failing, FILE, function_of(failing, "Run")))
    assert {each.file for each in found} <= {FILE}
    return [(text_of(each.node), each.does) for each in found]


_IN = "appends in its goroutines"
_SENT = "appends what its goroutines send"
_LOOP = "for _, h := range hosts"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (f"{_LOOP} {{ go func() {{ got = append(got, h) }}() }}", [("append(got, h)", _IN)]),
        (f"{_LOOP} {{ group.Go(func() {{ got = append(got, h) }}) }}", [("append(got, h)", _IN)]),
        (
            f"{_LOOP} {{ go func() {{ ch <- h }}() }}\n"
            "for range hosts { got = append(got, <-ch) }",
            [("append(got, <-ch)", _SENT)],
        ),
        (
            f"{_LOOP} {{ go func() {{ ch <- h }}() }}\n"
            "for v := range ch { got = append(got, v) }",
            [("append(got, v)", _SENT)],
        ),
        (
            f"{_LOOP} {{ go work(h, ch) }}\nfor range hosts {{ v := <-ch; got = append(got, v) }}",
            [("append(got, v)", _SENT)],
        ),
    ],
)
def test_a_list_is_filled_where_goroutines_append_or_send(
    body: str, found: list[tuple[str, str]]
) -> None:
    assert _filled(body) == found


@pytest.mark.parametrize(
    "body",
    [
        f"{_LOOP} {{ got = append(got, h) }}",
        "go func() { got = append(got, 1) }()",
        f"{_LOOP} {{ go func() {{ own := []int{{}}; own = append(own, h) }}() }}",
        f"{_LOOP} {{ go func() {{ got = append(got, h) }}(); <-ch }}",
        f"{_LOOP} {{ go func() {{ ch <- h }}() }}\nfor v := range other {{ got = append(got, v) }}",
        f"{_LOOP} {{ go work(h, other) }}\nfor v := range ch {{ got = append(got, v) }}",
        "go work(1, ch)\nfor v := range ch { got = append(got, v) }",
    ],
)
def test_a_list_of_one_goroutine_or_of_each_its_own_is_none(body: str) -> None:
    assert _filled(body) == []


def test_a_method_that_goroutines_call_fills_the_list_of_what_they_share() -> None:
    body = f"{_LOOP} {{ go func() {{ CALL }}() }}"
    ((node, does),) = _filled(body.replace("CALL", 's.Add("a")'))
    assert node == "append(s.names, name)"
    assert does.startswith(f"appends as goroutines of {FILE}:") and does.endswith(" come")
    assert _filled(body.replace("CALL", 's.Len("a")')) == []


@pytest.mark.parametrize(
    ("made", "filled"),
    [
        ("one := &store{}", False),
        ("one := new(store)", False),
        ("one := store{}", False),
        ("var one store", False),
        ("one := s", True),
        ("one := pick(s)", True),
        ("var one *store = s", True),
    ],
)
@pytest.mark.parametrize("does", ['one.Add("a")', 'one.names = append(one.names, "a")'])
def test_what_a_goroutine_makes_for_itself_is_not_shared(
    made: str, does: str, *, filled: bool
) -> None:
    found = _filled(f"{_LOOP} {{ go func() {{ {made}; {does} }}() }}")
    assert len(found) == filled


def test_what_is_printed_counts_where_no_list_is_filled() -> None:
    prints = f'{_LOOP} {{ go func() {{ FILL log.Print("ready") }}() }}'
    printed = ('log.Print("ready")', "prints in its goroutines")
    assert _filled(prints.replace("FILL", ""), "got ready") == [printed]
    filled = prints.replace("FILL", "got = append(got, h);")
    assert _filled(filled, "got ready") == [("append(got, h)", _IN)]
