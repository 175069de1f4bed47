// Package unheeded holds tests that cancel a context and wait for a goroutine to stop, which does
// not look at it, and beside them goroutines that do and need a moment.
package unheeded

import (
	"context"
	"testing"
	"time"
)

const patience = 20 * time.Millisecond

func work(ctx context.Context, done chan<- bool) {
	for i := 0; i < 10; i++ {
		time.Sleep(300 * time.Millisecond) // @works
	}
	done <- true
}

func TestWorkIgnoresItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan bool, 1)
	go work(ctx, done)
	cancel() // @work-cancel
	select {
	case <-done:
	case <-time.After(patience):
		t.Error("still at work") // @work-fails
	}
}

type poller struct{ stopped chan bool }

func (p *poller) run(ctx context.Context) {
	p.poll(ctx, 10)
	close(p.stopped)
}

func (p *poller) poll(ctx context.Context, times int) {
	for i := 0; i < times; i++ {
		time.Sleep(300 * time.Millisecond) // @polls
	}
}

func TestPollerIgnoresItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	p := &poller{stopped: make(chan bool)}
	go p.run(ctx)
	time.Sleep(time.Millisecond)
	cancel() // @poll-cancel
	timer := time.NewTimer(patience)
	select {
	case <-p.stopped:
	case <-timer.C:
		t.Fatal("still polling") // @poll-fails
	}
}

func TestLiteralIgnoresItsContext(t *testing.T) {
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	done := make(chan bool)
	go func(ctx context.Context) {
		time.Sleep(300 * time.Millisecond) // @literal
		close(done)
	}(ctx)
	stop() // @literal-cancel
	select {
	case <-done:
	case <-time.After(patience):
		t.Error("not done") // @literal-fails
	}
}

func heed(ctx context.Context, done chan<- bool) {
	for ctx.Err() == nil {
		time.Sleep(300 * time.Millisecond)
	}
	done <- true
}

// It looks at its context, and sleeps for long between.
func TestHeedsLate(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan bool, 1)
	go heed(ctx, done)
	time.Sleep(time.Millisecond)
	cancel()
	select {
	case <-done:
	case <-time.After(patience):
		t.Error("not done")
	}
}

func isOver(ctx context.Context) bool { return ctx.Err() != nil }

func heedByHelper(ctx context.Context, done chan<- bool) {
	for !isOver(ctx) {
		time.Sleep(300 * time.Millisecond)
	}
	done <- true
}

// It hands its context to another function, which looks at it.
func TestHeedsByHelper(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan bool, 1)
	go heedByHelper(ctx, done)
	time.Sleep(time.Millisecond)
	cancel()
	select {
	case <-done:
	case <-time.After(patience):
		t.Error("not done")
	}
}

// It is cancelled when the test is over, and no sooner.
func TestCancelsAtTheEnd(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	done := make(chan bool, 1)
	go work(ctx, done)
	select {
	case <-done:
	case <-time.After(patience):
		t.Error("not done")
	}
}

// Only some other branch cancels it.
func TestCancelsInABranch(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan bool, 1)
	go work(ctx, done)
	if cap(done) > 1 {
		cancel()
	}
	select {
	case <-done:
	case <-time.After(patience):
		t.Error("not done")
	}
	cancel()
}
