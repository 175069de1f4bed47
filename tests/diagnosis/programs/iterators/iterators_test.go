package iterators

import (
	"runtime"
	"slices"
	"testing"
)

// A range may come upon the order that is wanted, but not so many times.
const often = 60

var set = Set{"a": 1, "b": 2, "c": 3, "d": 4, "e": 5}

var names = []string{"a", "b", "c", "d", "e"}

func TestKeys(t *testing.T) {
	for range often {
		if got := set.Keys(); !slices.Equal(got, names) {
			t.Fatalf("got %v, want %v", got, names) // @keys-fails
		}
	}
}

func TestNames(t *testing.T) {
	for range often {
		if got := set.Names(); !slices.Equal(got, names) {
			t.Fatalf("Names() = %v, want %v", got, names) // @names-fails
		}
	}
}

func TestCounts(t *testing.T) {
	for range often {
		got, want := set.Counts(), []int{1, 2, 3, 4, 5}
		if !slices.Equal(got, want) {
			t.Fatalf("got %v\nwant %v", got, want) // @counts-fails
		}
	}
}

func TestRegistry(t *testing.T) {
	for range often {
		var r Registry
		for _, name := range names {
			r.names.Store(name, true)
		}
		if got := r.Names(); !slices.Equal(got, names) {
			t.Fatalf("got %v, want %v", got, names) // @registry-fails
		}
	}
}

// The names are sorted; the test wants them the other way.
func TestSorted(t *testing.T) {
	got, want := set.Sorted(), []string{"e", "d", "c", "b", "a"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// No map is asked.
func TestLine(t *testing.T) {
	got, want := Line("b", "a"), []string{"a", "b"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestZipped(t *testing.T) {
	before := runtime.NumGoroutine()
	Zipped(slices.Values([]int{1, 2}), slices.Values([]int{3, 4, 5}))
	if now := runtime.NumGoroutine(); now != before { // @zipped-counts
		t.Errorf("%d goroutines, %d before", now, before) // @zipped-fails
	}
}

// All that it began is stopped; more is wanted.
func TestFew(t *testing.T) {
	before := runtime.NumGoroutine()
	Few(slices.Values([]int{3, 4, 5}), 2)
	if now := runtime.NumGoroutine(); now != before+9 {
		t.Errorf("%d goroutines, %d before", now, before)
	}
}

func TestAny(t *testing.T) {
	for range often {
		if got := set.Any(); got != "a" {
			t.Fatalf("Any() = %q, want a", got) // @any-fails
		}
	}
}

func TestFirst(t *testing.T) {
	for range often {
		if got := set.First(); got != "a" {
			t.Fatalf("First() = %q, want a", got) // @first-fails
		}
	}
}

func TestCount(t *testing.T) {
	for range often {
		if got := Count(set); got != 1 {
			t.Fatalf("Count() = %d, want 1", got) // @count-fails
		}
	}
}

// The only one is another than is wanted.
func TestAnyOfOne(t *testing.T) {
	if got := (Set{"x": 1}).Any(); got != "nobody" {
		t.Errorf("Any() = %q", got)
	}
}

// It asks for one of them.
func TestWith(t *testing.T) {
	if got := set.With(2); got != "c" {
		t.Errorf("With(2) = %q", got)
	}
}
