package alloccounts

import "testing"

func TestLineIsBuiltInPlace(t *testing.T) {
	allocs := testing.AllocsPerRun(100, func() { Line(1) }) // @in-place
	if allocs != 0 {
		t.Errorf("allocates %v times", allocs) // @in-place-fails
	}
}

func TestAtMostNone(t *testing.T) {
	if n := testing.AllocsPerRun(10, func() { Line(2) }); n > 0 { // @at-most
		t.Fatalf("%v allocations", n) // @at-most-fails
	}
}

func count(f func()) int {
	return int(testing.AllocsPerRun(50, f)) // @helper
}

func TestCountsByAHelper(t *testing.T) {
	got := count(func() { Line(3) })
	if got != 0 {
		t.Fatalf("got %d", got) // @helper-fails
	}
}

func TestLinesMade(t *testing.T) {
	var lines Lines
	allocs := testing.AllocsPerRun(100, lines.Make)
	if allocs != 0 {
		t.Skip("another goroutine allocates")
	}
	if lines.made != 100 {
		t.Errorf("made %d lines", lines.made)
	}
}
