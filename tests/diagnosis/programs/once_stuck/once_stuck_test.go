// Package once_stuck holds tests that wait for a Once whose function does not return, and beside
// each one whose function does, later.
package once_stuck

import (
	"sync"
	"testing"
	"time"
)

// catalog is loaded once, from a channel that only who waits for the catalog fills.
type catalog struct {
	once  sync.Once
	rows  chan string
	names []string
}

func (c *catalog) load() {
	c.once.Do(func() { // @load-do
		c.names = append(c.names, <-c.rows) // @load-receive
	})
}

func (c *catalog) fill(row string) {
	c.load() // @fill-load
	c.rows <- row
}

func TestFilledByWhoWaits(t *testing.T) {
	t.Parallel()
	c := &catalog{rows: make(chan string)}
	go c.load()
	time.Sleep(20 * time.Millisecond)
	c.fill("a")
}

// directory is filled by a goroutine that sleeps first.
type directory struct {
	once  sync.Once
	rows  chan string
	names []string
}

func (d *directory) load() {
	d.once.Do(func() {
		d.names = append(d.names, <-d.rows)
	})
}

func TestFilledLate(t *testing.T) {
	t.Parallel()
	d := &directory{rows: make(chan string)}
	go func() {
		time.Sleep(time.Minute)
		d.rows <- "a"
	}()
	go d.load()
	time.Sleep(20 * time.Millisecond)
	d.load()
}

// engine starts once, and waits for workers that need the engine.
type engine struct {
	once    sync.Once
	workers sync.WaitGroup
}

func (e *engine) start() {
	e.once.Do(e.boot) // @start-do
}

func (e *engine) boot() {
	e.workers.Add(1)
	go e.work()
	e.workers.Wait() // @boot-wait
}

func (e *engine) work() {
	defer e.workers.Done()
	e.start()
}

func TestWorkersNeedTheEngine(t *testing.T) {
	t.Parallel()
	(&engine{}).start()
}

// motor starts once too; its worker sleeps and needs nothing.
type motor struct {
	once    sync.Once
	workers sync.WaitGroup
}

func (m *motor) start() {
	m.once.Do(m.boot)
}

func (m *motor) boot() {
	m.workers.Add(1)
	go m.work()
	m.workers.Wait()
}

func (m *motor) work() {
	defer m.workers.Done()
	time.Sleep(time.Minute)
}

func TestWorkersSleep(t *testing.T) {
	t.Parallel()
	(&motor{}).start()
}

// left and right each need the other, and each is made once.
type half struct {
	once  sync.Once
	other *half
	pause time.Duration
}

func (h *half) make() {
	h.once.Do(func() { // @make-do
		time.Sleep(h.pause)
		h.other.make()
	})
}

func TestEachNeedsTheOther(t *testing.T) {
	t.Parallel()
	left, right := &half{}, &half{}
	left.other, right.other = right, left
	left.pause, right.pause = 20*time.Millisecond, 20*time.Millisecond
	go left.make()
	right.make()
}

// third needs nobody, and is slow.
type third struct {
	once  sync.Once
	other *third
	pause time.Duration
}

func (h *third) make() {
	h.once.Do(func() {
		time.Sleep(h.pause)
		if h.other != nil {
			h.other.make()
		}
	})
}

func TestOneNeedsNobody(t *testing.T) {
	t.Parallel()
	slow := &third{pause: time.Minute}
	needy := &third{other: slow}
	go slow.make()
	time.Sleep(20 * time.Millisecond)
	needy.make()
}
