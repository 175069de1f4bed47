// Package leak has goroutines that outlive what started them, and some that do not.
package leak

import (
	"context"
	"sync"
	"time"
)

// Fetch asks for a value and gives up at the deadline.
func Fetch(ctx context.Context, ask func() int) (int, error) {
	answer := make(chan int)
	go func() { // @fetch-starts
		answer <- ask() // @fetch-sends
	}()
	select {
	case got := <-answer: // @fetch-leaves
		return got, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// FetchKept is Fetch with room for an answer that nobody waits for.
func FetchKept(ctx context.Context, ask func() int) (int, error) {
	answer := make(chan int, 1)
	go func() {
		answer <- ask()
	}()
	select {
	case got := <-answer:
		return got, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// Pool hands jobs to workers.
type Pool struct {
	jobs chan func()
	done sync.WaitGroup
}

// NewPool starts some workers.
func NewPool(workers int) *Pool {
	p := &Pool{jobs: make(chan func())}
	for range make([]struct{}, workers) {
		p.done.Add(1)
		go p.work() // @pool-starts
	}
	return p
}

func (p *Pool) work() {
	defer p.done.Done()
	for job := range p.jobs { // @pool-waits
		job()
	}
}

// Close lets the workers go; each may be a moment away from its end.
func (p *Pool) Close() { close(p.jobs) }

var (
	shared     *Pool
	sharedOnce sync.Once
)

// Shared is made by whoever asks first, and kept.
func Shared() *Pool {
	sharedOnce.Do(func() { shared = NewPool(2) })
	return shared
}

// Later closes a channel after a while.
func Later(after time.Duration) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		time.Sleep(after)
		close(done)
	}()
	return done
}

type account struct {
	mu   sync.Mutex
	left int
}

// bank is what a package variable holds, so the collector takes nothing of it for lost.
var bank account

func (a *account) take(n int) bool {
	a.mu.Lock() // @bank-takes
	if a.left < n {
		return false // @keeps-lock
	}
	a.left -= n
	a.mu.Unlock()
	return true
}

func (a *account) put(n int) {
	a.mu.Lock() // @put-waits
	defer a.mu.Unlock()
	a.left += n
}

type notebook struct {
	once  sync.Once
	lines chan string
}

var notes notebook

func (n *notebook) put(line string) {
	n.once.Do(func() {
		n.lines = make(chan string, 8)
		go func() {
			for range n.lines {
			}
		}()
	})
	n.lines <- line
}
