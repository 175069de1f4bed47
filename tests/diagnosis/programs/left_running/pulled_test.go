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
