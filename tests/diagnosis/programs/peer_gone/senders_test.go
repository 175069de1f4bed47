package peer_gone

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"
)

var errBad = errors.New("bad")

// worker stops at its first error, and whoever feeds it is left alone.
type worker struct {
	jobs chan int
}

func (w *worker) run(check func(int) error) {
	for job := range w.jobs { // @worker-range
		if check(job) != nil {
			return // @worker-return
		}
	}
}

func (w *worker) feed(count int) {
	for job := range count {
		w.jobs <- job // @worker-send
	}
	close(w.jobs)
}

func TestWorkerStopsAtError(t *testing.T) {
	t.Parallel()
	w := &worker{jobs: make(chan int)}
	go w.run(func(job int) error { // @worker-go
		if job == 2 {
			return errBad
		}
		return nil
	})
	w.feed(10)
}

// clerk is alive, and slow.
type clerk struct {
	jobs chan int
}

func (c *clerk) run(check func(int) error) {
	for job := range c.jobs {
		if check(job) != nil {
			return
		}
	}
}

func (c *clerk) feed(count int) {
	for job := range count {
		c.jobs <- job
	}
	close(c.jobs)
}

func TestClerkIsSlow(t *testing.T) {
	t.Parallel()
	c := &clerk{jobs: make(chan int)}
	go c.run(func(job int) error {
		if job == 2 {
			time.Sleep(time.Minute)
		}
		return nil
	})
	c.feed(10)
}

// first takes one answer of two; the other one has no receiver, and the test waits for both.
func first(ask func(int) int, asked *sync.WaitGroup) int {
	answers := make(chan int)
	for n := range 2 {
		go func() {
			defer asked.Done()
			answers <- ask(n) // @first-send
		}()
	}
	return <-answers // @first-receive
}

func TestFirstOfTwo(t *testing.T) {
	t.Parallel()
	var asked sync.WaitGroup
	asked.Add(2)
	first(func(n int) int { return n }, &asked)
	asked.Wait() // @asked-wait
}

// best takes both answers; the second one is slow to come.
func best(ask func(int) int, asked *sync.WaitGroup) int {
	answers := make(chan int)
	for n := range 2 {
		go func() {
			defer asked.Done()
			answers <- ask(n)
		}()
	}
	return max(<-answers, <-answers)
}

func TestBestOfTwo(t *testing.T) {
	t.Parallel()
	var asked sync.WaitGroup
	asked.Add(2)
	best(func(n int) int {
		if n == 1 {
			time.Sleep(time.Minute)
		}
		return n
	}, &asked)
	asked.Wait()
}

// collect gives up when its context is done, and its producer, which it passed the channel to,
// does not know.
func collect(ctx context.Context, in <-chan string, stopped chan<- struct{}) {
	defer close(stopped)
	for {
		select {
		case <-ctx.Done():
			return // @collect-return
		case <-in: // @collect-receive
		}
	}
}

func produce(out chan<- string) {
	for range 5 {
		out <- "x" // @produce-send
		time.Sleep(5 * time.Millisecond)
	}
}

func TestContextEndsTheReceiver(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	values, stopped := make(chan string), make(chan struct{})
	go collect(ctx, values, stopped) // @collect-go
	go func() {
		time.Sleep(7 * time.Millisecond)
		cancel()
	}()
	produce(values)
	<-stopped
}

// gather takes a break after each value, a long one.
func gather(ctx context.Context, in <-chan string) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-in:
			time.Sleep(time.Minute)
		}
	}
}

func emit(out chan<- string) {
	for range 5 {
		out <- "x"
	}
}

func TestReceiverTakesABreak(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	values := make(chan string)
	go gather(ctx, values)
	emit(values)
}
