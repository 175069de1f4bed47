package left_in_pools

import (
	"runtime"
	"runtime/debug"
	"testing"
)

// With one proc and no collection a pool gives back what was put into it last.
func init() {
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(-1)
}

func TestDraft(t *testing.T) {
	if got := Greet("Ann", true); got != "Hello Ann" {
		t.Errorf("it is %q", got)
	}
}

func TestGreeting(t *testing.T) {
	if got := Greet("Bob", false); got != "Hello Bob" {
		t.Errorf("Greet = %q, want %q", got, "Hello Bob") // @greet-fails
	}
}

func TestOneWord(t *testing.T) {
	if got := Join("left"); got != "left" {
		t.Errorf("it is %q", got)
	}
}

func TestTwoWords(t *testing.T) {
	if got := Join("right", "hand"); got != "right hand" {
		t.Errorf("got %q", got) // @join-fails
	}
}

func TestFrontPage(t *testing.T) {
	if got := Show("News"); got != "News" {
		t.Errorf("it is %q", got)
	}
}

func TestBackPage(t *testing.T) {
	want := "Weather"
	if got := Show("Weather"); got != want {
		t.Errorf("it is %q", got) // @show-fails
	}
}

// It wants it otherwise.
func TestLowerCase(t *testing.T) {
	if got := Greet("Eve", false); got != "hello Eve" {
		t.Errorf("Greet = %q, want %q", got, "hello Eve")
	}
}

func TestCleanDear(t *testing.T) {
	if got := Clean("Dear"); got != "Dear Dear" {
		t.Errorf("it is %q", got)
	}
}

// Its buffer is reset: the word before is its own.
func TestClean(t *testing.T) {
	if got := Clean("Dan"); got != "Dan" {
		t.Errorf("it is %q", got)
	}
}
