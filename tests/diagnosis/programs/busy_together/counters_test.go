// Package counters has tests with many goroutines, of which none runs for long by itself.
package counters

import (
	"testing"
	"time"
)

const (
	rings   = 4
	members = 16
	turns   = 1 << 30
)

// count works for a while whenever it gets its turn, and gives the next one its turn.
func count(mine <-chan int, next chan<- int, over chan<- bool) {
	hits := map[int]int{}
	for turn := range mine {
		for begin := time.Now(); time.Since(begin) < 2*time.Millisecond; {
			hits[turn%64]++
		}
		if turn == turns {
			over <- true
			return
		}
		next <- turn + 1
	}
}

// ring starts members that take turns, and gives where the first one's turn comes from.
func ring(over chan<- bool) chan int {
	first := make(chan int, 1)
	mine := first
	for i := 1; i < members; i++ {
		next := make(chan int, 1)
		go count(mine, next, over)
		mine = next
	}
	go count(mine, first, over)
	return first
}

func TestManyCount(t *testing.T) {
	t.Parallel()
	over := make(chan bool)
	for i := 0; i < rings; i++ {
		ring(over) <- 0
	}
	<-over
}

// As many, and no turn comes.
func TestManyWait(t *testing.T) {
	t.Parallel()
	over := make(chan bool)
	for i := 0; i < rings; i++ {
		ring(over)
	}
	<-over
}
