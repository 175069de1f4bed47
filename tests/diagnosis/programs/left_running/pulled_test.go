//go:build go1.23

package left_running

import (
	"iter"
	"testing"
)

func rows(last int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for row := 0; row < last; row++ {
			if !yield(row) { // @yields
				return
			}
		}
	}
}

func TestKeepsAnIterator(t *testing.T) {
	next, _ := iter.Pull(rows(3)) // @pulls
	next()
}

func TestStopsItsIterator(t *testing.T) {
	next, stop := iter.Pull(rows(3))
	defer stop()
	next()
}

func TestPullsToTheEnd(t *testing.T) {
	next, _ := iter.Pull(rows(1))
	for {
		if _, ok := next(); !ok {
			break
		}
	}
}

// lines gives lines that a goroutine of its own reads.
func lines(text ...string) iter.Seq[string] {
	return func(yield func(string) bool) {
		read, quit := make(chan string), make(chan struct{})
		defer close(quit)
		go func() {
			defer close(read)
			for _, each := range text {
				select {
				case read <- each:
				case <-quit:
					return
				}
			}
		}()
		for each := range read {
			if !yield(each) { // @yields-lines
				return
			}
		}
	}
}

func TestReadsALine(t *testing.T) {
	next, _ := iter.Pull(lines("a", "b", "c"))
	if line, ok := next(); !ok || line != "a" {
		t.Error(line, ok)
	}
}

func TestReadsALineAndStops(t *testing.T) {
	next, stop := iter.Pull(lines("a", "b", "c"))
	defer stop()
	if line, ok := next(); !ok || line != "a" {
		t.Error(line, ok)
	}
}
