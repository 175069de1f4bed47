// Package closings holds tests that use channels which somebody has closed, and beside them tests
// that close in good order, or panic in words that only sound so.
package closings

import (
	"fmt"
	"sync"
	"testing"
	"time"
)

type feed struct{ items chan int }

func (f *feed) end() {
	close(f.items) // @feed-closes
}

func TestSendsInASelect(t *testing.T) {
	f, never := &feed{items: make(chan int)}, make(chan bool)
	f.end()
	select { // @select-sends
	case f.items <- 1:
	case <-never:
	}
}

func TestCollectorGivesUp(t *testing.T) {
	results := make(chan int)
	go func() {
		<-time.After(20 * time.Millisecond)
		close(results) // @collector-closes
	}()
	for range results {
	}
	results <- 1 // @worker-sends
}

type inbox struct{ mail chan string }

func (b *inbox) post(text string) {
	b.mail <- text // @posts
}

func (b *inbox) stop() {
	close(b.mail) // @stops-inbox
}

func TestPostsBehindTheStop(t *testing.T) {
	b := &inbox{mail: make(chan string, 4)}
	b.post("a")
	b.stop()
	b.post("b")
}

type gate struct{ open chan bool }

func (g *gate) Open() {
	close(g.open) // @opens
}

func TestOpensFromTwo(t *testing.T) {
	g := &gate{open: make(chan bool)}
	var both sync.WaitGroup
	both.Add(2)
	for i := 0; i < 2; i++ {
		go func() { // @opens-starts
			defer both.Done()
			g.Open()
		}()
	}
	both.Wait()
}

func TestClosesInALoop(t *testing.T) {
	done := make(chan bool)
	for range []int{1, 2} {
		close(done) // @loop-closes
	}
}

func TestClosesByDefer(t *testing.T) {
	done := make(chan bool)
	finish := func() {
		close(done) // @defer-closes
	}
	defer finish()
	finish()
}

type broker struct{ subscribed []chan int }

func (b *broker) publish(value int) {
	for _, each := range b.subscribed {
		each <- value // @publishes
	}
}

func (b *broker) shutDown() {
	for _, each := range b.subscribed {
		close(each) // @shuts-down
	}
}

func TestPublishesBehindShutDown(t *testing.T) {
	b := &broker{subscribed: []chan int{make(chan int, 4)}}
	shut := make(chan bool)
	go func() {
		b.shutDown()
		shut <- true
	}()
	<-shut
	b.publish(1)
}

type worker struct {
	quit chan string
	once sync.Once
}

func (w *worker) abort() {
	close(w.quit) // @aborts
}

func (w *worker) finish() {
	close(w.quit) // @finishes
}

func (w *worker) finishOnce() {
	w.once.Do(func() { close(w.quit) })
}

func TestAbortsAndFinishes(t *testing.T) {
	w := &worker{quit: make(chan string)}
	aborted := make(chan bool)
	go func() {
		w.abort()
		aborted <- true
	}()
	<-aborted
	w.finish()
}

func TestFinishesOnce(t *testing.T) {
	w := &worker{quit: make(chan string)}
	w.finishOnce()
	w.finishOnce()
}

func TestPublishesBeforeShutDown(t *testing.T) {
	b := &broker{subscribed: []chan int{make(chan int, 4)}}
	b.publish(1)
	b.shutDown()
}

type caller struct{ over chan bool }

func (c *caller) hangUp() {
	close(c.over) // @hangs-up
}

func serve(badly bool) {
	c := &caller{over: make(chan bool)}
	defer c.hangUp() // @hangs-up-late
	if badly {
		c.hangUp() // @hangs-up-early
	}
}

func TestServesBadly(t *testing.T) { serve(true) }

func TestServesWell(t *testing.T) { serve(false) }

// The collector waits for the workers before it closes.
func TestClosesInGoodOrder(t *testing.T) {
	b := &inbox{mail: make(chan string, 4)}
	b.post("a")
	b.post("b")
	b.stop()
}

// The gate is opened once, by whoever comes first.
func TestOpensOnce(t *testing.T) {
	g := &gate{open: make(chan bool)}
	var once sync.Once
	for i := 0; i < 2; i++ {
		once.Do(g.Open)
	}
}

// It says what a closed channel would.
func TestSoundsSo(t *testing.T) {
	panic("send on closed channel")
}

func caught(f func()) (what any) {
	defer func() { what = recover() }()
	f()
	return nil
}

// It hands on what was caught elsewhere.
func TestHandsOn(t *testing.T) {
	if what := caught(func() { _ = []int{1}[len(t.Name())] }); what != nil {
		panic(what)
	}
}

func TestTellsOfIt(t *testing.T) {
	var rows map[string]int
	if what := caught(func() { rows["a"] = 1 }); what != nil {
		panic(fmt.Sprintf("caught: %v", what))
	}
}
