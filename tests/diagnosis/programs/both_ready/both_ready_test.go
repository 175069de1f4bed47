package both_ready

import (
	"strings"
	"testing"
)

func TestUrgentFirst(t *testing.T) {
	l := newLanes()
	for i := 0; i < rounds; i++ {
		l.add("sweep")
		l.hurry("fire")
	}
	if got := l.take(); got != strings.Repeat("fire", rounds) {
		t.Fatalf("first are %s", got) // @urgent-fails
	}
}

func TestQuits(t *testing.T) {
	jobs, quit := make(chan string, rounds), make(chan string, rounds)
	next := func() string {
		select { // @quits
		case each := <-jobs:
			return each
		case each := <-quit:
			return each
		}
	}
	all := func() (names string) {
		for i := 0; i < rounds; i++ {
			names += next()
		}
		return names
	}
	for i := 0; i < rounds; i++ {
		jobs <- "job"  // @job
		quit <- "quit" // @quit
	}
	if got := all(); got != strings.Repeat("job", rounds) {
		t.Errorf("got %s", got) // @quits-fails
	}
}

func TestReaches(t *testing.T) {
	var l lanes
	l.urgent, l.normal = make(chan job, rounds), make(chan job, rounds)
	for i := 0; i < rounds; i++ {
		l.normal <- job{"slow"} // @slow
		l.urgent <- job{"fast"} // @fast
	}
	names := l.take()
	if strings.Contains(names, "slow") {
		t.Errorf("got %s", names) // @reaches-fails
	}
}

// There is nothing urgent.
func TestNormal(t *testing.T) {
	l := newLanes()
	l.add("sweep")
	if got := l.next(); got.name != "fire" {
		t.Fatalf("first is %s", got.name)
	}
}

// What is urgent is asked for alone, first.
func TestFirst(t *testing.T) {
	l := newLanes()
	l.add("sweep")
	l.hurry("fire")
	if got := l.first(); got.name != "flood" {
		t.Fatalf("first is %s", got.name)
	}
}

// Both are ready, and it wants neither.
func TestLength(t *testing.T) {
	l := newLanes()
	l.add("sweep")
	l.hurry("fire")
	if n := len(l.urgent); n != 2 {
		t.Fatalf("%d urgent", n)
	}
}

// The lengths of both names are as much in any order.
func TestAddsUp(t *testing.T) {
	l := newLanes()
	l.add("sweep")
	l.hurry("fire")
	if n := len(l.next().name) + len(l.next().name); n != 10 {
		t.Fatalf("%d letters", n)
	}
}
