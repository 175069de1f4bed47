package bubbles

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

type queue struct {
	mu    sync.Mutex
	items chan int
}

func (q *queue) pop() int {
	return <-q.items // @pops
}

func TestAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &queue{items: make(chan int)}
		q.pop()
	})
}

func TestBoth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &queue{items: make(chan int)}
		var all sync.WaitGroup
		all.Add(1)
		go func() { // @both-starts
			defer all.Done()
			q.pop()
		}()
		all.Wait() // @waits
	})
}

func TestLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &queue{items: make(chan int)}
		go q.pop() // @starts
		time.Sleep(time.Second)
	})
}

// The clock of the bubble goes on when all of it wait.
func TestWaitsForItsClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		q := &queue{items: make(chan int)}
		go func() {
			<-ctx.Done()
			q.items <- 1
		}()
		q.pop()
	})
}

// What a test says is no word of the runtime's.
func TestQuotes(t *testing.T) {
	panic("want: deadlock: all goroutines in bubble are blocked")
}
