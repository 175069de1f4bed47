// Package contexts holds tests that wait for a context that nobody cancels, and beside each one
// that somebody does, later.
package contexts

import (
	"context"
	"sync"
	"testing"
	"time"
)

// TestMakerWaitsForWhoHeeds waits for a worker before it cancels.
func TestMakerWaitsForWhoHeeds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background()) // @heeds-made
	var workers sync.WaitGroup
	workers.Add(1)
	go func() {
		defer workers.Done()
		<-ctx.Done() // @heeds-receive
	}()
	workers.Wait() // @heeds-wait
	cancel()
}

// TestCancelComesLate has a timer that cancels.
func TestCancelComesLate(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var workers sync.WaitGroup
	workers.Add(1)
	go func() {
		defer workers.Done()
		<-ctx.Done()
	}()
	workers.Wait()
}

// poll waits for work or the end; neither comes.
func poll(ctx context.Context, work chan int) int {
	total := 0
	for {
		select { // @poll-select
		case one, open := <-work:
			if !open {
				return total
			}
			total += one
		case <-ctx.Done():
			return total
		}
	}
}

func TestPollsForEver(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background()) // @poll-made
	defer cancel()
	work := make(chan int, 1)
	work <- 1
	_ = poll(ctx, work)
}

// scan waits for work or the end; the work is slow.
func scan(ctx context.Context, work chan int) int {
	select {
	case one := <-work:
		return one
	case <-ctx.Done():
		return 0
	}
}

func TestWorkIsSlow(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	work := make(chan int)
	go func() {
		time.Sleep(time.Minute)
		work <- 1
	}()
	_ = scan(ctx, work)
}

// open returns a context whose cancel it throws away.
func open() context.Context {
	ctx, cancel := context.WithCancel(context.Background()) // @open-made
	_ = cancel
	return ctx
}

func TestCancelIsThrownAway(t *testing.T) {
	t.Parallel()
	<-open().Done() // @thrown-receive
}

// hold returns a context that a goroutine cancels late.
func hold() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		time.Sleep(time.Minute)
		cancel()
	}()
	return ctx
}

func TestCancelIsKept(t *testing.T) {
	t.Parallel()
	<-hold().Done()
}
