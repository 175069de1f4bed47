package shared_logs

import (
	"bytes"
	"log"
	"strings"
	"testing"
)

func TestHandle(t *testing.T) {
	var out bytes.Buffer
	Handle(log.New(&out, "", 0), []string{"a", "b", "c"})
	if got, want := out.String(), "handled a\nhandled b\nhandled c\n"; got != want {
		t.Errorf("log:\n%swant:\n%s", got, want) // @handle-fails
	}
}

func TestStages(t *testing.T) {
	var out bytes.Buffer
	Stages(&out, 3)
	want := "made 0 took 0 made 1 took 1 made 2 took 2"
	if got := strings.TrimSpace(out.String()); got != want {
		t.Errorf("got %q, want %q", got, want) // @stages-fails
	}
}

// Its lines are joined; what goroutines write first is up to them.
func TestEach(t *testing.T) {
	lines := &Lines{}
	Each(lines, "x", "y")
	if got, want := strings.Join(lines.all, " "), "item=x item=y"; got != want {
		t.Errorf("got %q, want %q", got, want) // @each-fails
	}
}

// The items are handled in turn, the last one first.
func TestInTurn(t *testing.T) {
	var out bytes.Buffer
	InTurn(log.New(&out, "", 0), []string{"b", "a"})
	if got, want := out.String(), "handled a\nhandled b\n"; got != want {
		t.Errorf("log:\n%swant:\n%s", got, want)
	}
}

// A line is missing.
func TestHandleOne(t *testing.T) {
	var out bytes.Buffer
	Handle(log.New(&out, "", 0), []string{"a"})
	if got, want := out.String(), "handled a\nhandled b\n"; got != want {
		t.Errorf("log:\n%swant:\n%s", got, want)
	}
}

// Each goroutine is waited for, the last one first.
func TestOneByOne(t *testing.T) {
	var out bytes.Buffer
	OneByOne(log.New(&out, "", 0), []string{"b", "a"})
	if got, want := out.String(), "handled a\nhandled b\n"; got != want {
		t.Errorf("log:\n%swant:\n%s", got, want)
	}
}

func TestLoad(t *testing.T) {
	lines := &Lines{}
	Load(lines, []string{"x", "y", "z"})
	if got, want := strings.Join(lines.all, " "), "x y z"; got != want {
		t.Errorf("got %q, want %q", got, want) // @load-fails
	}
}
