// Package left_stuck holds tests that pass and leave goroutines behind, each in a wait of its own,
// and beside each one whose goroutine ends.
package left_stuck

import (
	"context"
	"sync"
	"testing"
	"time"
)

// first asks all and takes one answer.
func first(answers []func() int) int {
	out := make(chan int)
	for _, each := range answers {
		go func(each func() int) { out <- each() }(each) // @first-sends
	}
	return <-out // @first-takes
}

// firstKept has room for all answers.
func firstKept(answers []func() int) int {
	out := make(chan int, len(answers))
	for _, each := range answers {
		go func(each func() int) { out <- each() }(each)
	}
	return <-out
}

func one() int { return 1 }

func TestTakesTheFirst(t *testing.T) {
	if first([]func() int{one, one, one}) != 1 {
		t.Fatal("not one")
	}
}

func TestTakesTheFirstOfThoseWithRoom(t *testing.T) {
	if firstKept([]func() int{one, one, one}) != 1 {
		t.Fatal("not one")
	}
}

// hub forgets who cancels, and does not close what it reads from.
type hub struct {
	mu   sync.Mutex
	subs map[chan string]bool
}

func (h *hub) subscribe(hear func(string), last bool) (cancel func()) {
	c := make(chan string, 4)
	h.mu.Lock()
	h.subs[c] = true
	h.mu.Unlock()
	go func() { // @hub-starts
		for message := range c { // @hub-range
			hear(message)
		}
	}()
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.subs, c)
		if last {
			close(c) // @hub-closes
		}
	}
}

func (h *hub) publish(message string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.subs {
		c <- message // @hub-sends
	}
}

func hears(t *testing.T, last bool) {
	t.Helper()
	h, heard := &hub{subs: map[chan string]bool{}}, make(chan string, 1)
	cancel := h.subscribe(func(message string) { heard <- message }, last)
	h.publish("ahoy")
	if <-heard != "ahoy" {
		t.Fatal("not ahoy")
	}
	cancel()
}

func TestCancelsASubscription(t *testing.T) { hears(t, false) }

func TestCancelClosesASubscription(t *testing.T) { hears(t, true) }

// flight shares one load of a key; a failed load leaves who waits for it.
type flight struct {
	mu    sync.Mutex
	calls map[string]*call
}

type call struct {
	wg    sync.WaitGroup
	value int
}

func (f *flight) load(key string, load func() (int, bool), careful bool) int {
	f.mu.Lock()
	if c, ok := f.calls[key]; ok {
		f.mu.Unlock()
		c.wg.Wait() // @flight-waits
		return c.value
	}
	c := &call{}
	c.wg.Add(1)
	f.calls[key] = c
	f.mu.Unlock()
	value, ok := load()
	if !ok && !careful {
		return 0
	}
	c.value = value
	c.wg.Done()
	return value
}

func loads(careful bool) {
	f := &flight{calls: map[string]*call{}}
	f.load("k", func() (int, bool) { return 0, false }, careful)
	go f.load("k", func() (int, bool) { return 1, true }, careful) // @flight-starts
	time.Sleep(10 * time.Millisecond)
}

func TestSharesAFailedLoad(t *testing.T) { loads(false) }

func TestSharesALoad(t *testing.T) { loads(true) }

// board tells of new notes, and has nobody told of its end.
type board struct {
	mu    sync.Mutex
	news  *sync.Cond
	notes []string
	over  bool
}

func newBoard() *board {
	b := &board{}
	b.news = sync.NewCond(&b.mu)
	return b
}

func (b *board) read(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.notes) < n && !b.over {
		b.news.Wait() // @board-waits
	}
}

func (b *board) pin(note string, over bool) {
	b.mu.Lock()
	b.notes, b.over = append(b.notes, note), over
	b.news.Broadcast() // @board-signals
	b.mu.Unlock()
}

func pins(over bool) {
	b := newBoard()
	go b.read(2) // @board-starts
	time.Sleep(10 * time.Millisecond)
	b.pin("one", over)
}

func TestPinsOneNote(t *testing.T) { pins(false) }

func TestPinsTheLastNote(t *testing.T) { pins(true) }

// meter reports to a channel that nobody has made, under its lock.
type meter struct {
	mu  sync.Mutex
	n   int
	out chan int
}

func (m *meter) report() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.out <- m.n // @meter-sends
}

func TestReportsToNobody(t *testing.T) {
	m := &meter{}
	go m.report() // @meter-starts
	time.Sleep(10 * time.Millisecond)
}

func TestReportsToSomebody(t *testing.T) {
	m := &meter{out: make(chan int, 1)}
	go m.report()
	time.Sleep(10 * time.Millisecond)
}

// follow waits for a context whose cancel is dropped.
func follow(ctx context.Context, seen func()) {
	ctx, cancel := context.WithCancel(ctx) // @follow-makes
	_ = cancel
	go func() { // @follow-starts
		seen()
		<-ctx.Done() // @follow-waits
	}()
}

func TestFollows(t *testing.T) {
	seen := make(chan struct{})
	follow(context.Background(), func() { close(seen) })
	<-seen
}

func TestFollowsForAWhile(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	seen := make(chan struct{})
	follow(ctx, func() { close(seen) })
	<-seen
}
