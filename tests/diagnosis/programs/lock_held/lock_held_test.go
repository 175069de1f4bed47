// Package lock_held holds tests that wait for a lock whose holder is stuck or gone, and beside each
// one whose holder goes on.
package lock_held

import (
	"errors"
	"sync"
	"testing"
	"time"
)

// emitter sends under its lock; its only receiver wants that lock.
type emitter struct {
	mu   sync.Mutex
	out  chan int
	sent int
}

func (e *emitter) Emit(value int) {
	e.mu.Lock() // @emit-hold
	defer e.mu.Unlock()
	e.out <- value // @emit-send
	e.sent++
}

func (e *emitter) Sent() int {
	e.mu.Lock() // @sent-wait
	defer e.mu.Unlock()
	return e.sent
}

func TestSendsUnderLock(t *testing.T) {
	t.Parallel()
	e := &emitter{out: make(chan int)}
	go e.Emit(1)
	time.Sleep(20 * time.Millisecond)
	if e.Sent() == 0 {
		<-e.out
	}
}

// ticker sends under its lock too; its receiver is only slow.
type ticker struct {
	mu   sync.Mutex
	out  chan int
	sent int
}

func (e *ticker) Emit(value int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.out <- value
	e.sent++
}

func (e *ticker) Sent() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.sent
}

func (e *ticker) drain() {
	time.Sleep(time.Minute)
	<-e.out
}

func TestSlowReceiver(t *testing.T) {
	t.Parallel()
	e := &ticker{out: make(chan int)}
	go e.drain()
	go e.Emit(1)
	time.Sleep(20 * time.Millisecond)
	_ = e.Sent()
}

// pool waits for its workers under the lock that they need to end.
type pool struct {
	mu      sync.Mutex
	workers sync.WaitGroup
	done    int
}

func (p *pool) work(start chan struct{}) {
	defer p.workers.Done()
	<-start
	p.mu.Lock() // @work-wait
	p.done++
	p.mu.Unlock()
}

func (p *pool) Close(start chan struct{}) {
	p.mu.Lock() // @close-hold
	defer p.mu.Unlock()
	close(start)
	p.workers.Wait() // @close-wait
}

func TestWaitsUnderLock(t *testing.T) {
	t.Parallel()
	p, start := &pool{}, make(chan struct{})
	for range 2 {
		p.workers.Add(1)
		go p.work(start)
	}
	p.Close(start)
}

// crew waits for its workers without the lock; one of them is slow under it.
type crew struct {
	mu      sync.Mutex
	workers sync.WaitGroup
	done    int
}

func (c *crew) work() {
	defer c.workers.Done()
	c.mu.Lock()
	time.Sleep(time.Minute)
	c.done++
	c.mu.Unlock()
}

func (c *crew) Close() {
	c.mu.Lock()
	c.done = 0
	c.mu.Unlock()
	c.workers.Wait()
}

func TestWaitsWithoutLock(t *testing.T) {
	t.Parallel()
	c := &crew{}
	for range 2 {
		c.workers.Add(1)
		go c.work()
	}
	time.Sleep(10 * time.Millisecond)
	c.Close()
}

// session returns from an error path with its lock still held.
type session struct {
	mu   sync.Mutex
	open bool
}

var errClosed = errors.New("closed")

func (s *session) Send() error {
	s.mu.Lock() // @send-hold
	if !s.open {
		return errClosed // @send-return
	}
	s.mu.Unlock()
	return nil
}

func (s *session) Close() {
	s.mu.Lock() // @session-wait
	defer s.mu.Unlock()
	s.open = false
}

func TestReturnsLocked(t *testing.T) {
	t.Parallel()
	s := &session{}
	_ = s.Send()
	s.Close()
}

// link lets go on its error path too; a slow peer holds its lock.
type link struct {
	mu   sync.Mutex
	open bool
}

func (l *link) Send() error {
	l.mu.Lock()
	if !l.open {
		l.mu.Unlock()
		return errClosed
	}
	l.mu.Unlock()
	return nil
}

func (l *link) reconnect(ready chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(ready)
	time.Sleep(time.Minute)
}

func (l *link) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open = false
}

func TestReturnsUnlocked(t *testing.T) {
	t.Parallel()
	l, ready := &link{}, make(chan struct{})
	_ = l.Send()
	go l.reconnect(ready)
	<-ready
	l.Close()
}

// gate is read-locked by a goroutine that waits for a signal which a writer would send.
type gate struct {
	sync.RWMutex
	opened chan struct{}
}

func (g *gate) pass() {
	g.RLock() // @pass-hold
	defer g.RUnlock()
	<-g.opened // @pass-receive
}

func (g *gate) open() {
	g.Lock() // @open-wait
	defer g.Unlock()
	close(g.opened)
}

func TestReaderWaitsForWriter(t *testing.T) {
	t.Parallel()
	g := &gate{opened: make(chan struct{})}
	go g.pass()
	time.Sleep(20 * time.Millisecond)
	g.open()
}

// door is opened by a timer, without its lock.
type door struct {
	sync.RWMutex
	opened chan struct{}
}

func (d *door) pass() {
	d.RLock()
	defer d.RUnlock()
	<-d.opened
}

func (d *door) paint() {
	d.Lock()
	defer d.Unlock()
}

func TestReaderWaitsForTimer(t *testing.T) {
	t.Parallel()
	d := &door{opened: make(chan struct{})}
	go d.pass()
	time.AfterFunc(time.Minute, func() { close(d.opened) })
	time.Sleep(20 * time.Millisecond)
	d.paint()
}
