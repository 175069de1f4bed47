package peer_gone

import (
	"sync"
	"testing"
	"time"
)

// mailbox signals before anybody waits, and its wait has no condition.
type mailbox struct {
	mu   sync.Mutex
	cond *sync.Cond
	mail []string
}

func newMailbox() *mailbox {
	m := &mailbox{}
	m.cond = sync.NewCond(&m.mu)
	return m
}

func (m *mailbox) deliver(text string) {
	m.mu.Lock()
	m.mail = append(m.mail, text)
	m.mu.Unlock()
	m.cond.Signal() // @mail-signal
}

func (m *mailbox) take() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.cond.Wait() // @mail-wait
	return m.mail[0]
}

func TestSignalBeforeWait(t *testing.T) {
	t.Parallel()
	m := newMailbox()
	m.deliver("a")
	m.take()
}

// postbox has a postman who comes later.
type postbox struct {
	mu   sync.Mutex
	cond *sync.Cond
	mail []string
}

func newPostbox() *postbox {
	p := &postbox{}
	p.cond = sync.NewCond(&p.mu)
	return p
}

func (p *postbox) deliver(text string) {
	time.Sleep(time.Minute)
	p.mu.Lock()
	p.mail = append(p.mail, text)
	p.mu.Unlock()
	p.cond.Signal()
}

func (p *postbox) take() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.mail) == 0 {
		p.cond.Wait()
	}
	return p.mail[0]
}

func TestSignalComesLate(t *testing.T) {
	t.Parallel()
	p := newPostbox()
	go p.deliver("a")
	p.take()
}

// barrier signals one of two who wait.
type barrier struct {
	mu   sync.Mutex
	cond sync.Cond
	open bool
}

func (b *barrier) pass() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for !b.open {
		b.cond.Wait() // @barrier-wait
	}
}

func (b *barrier) raise() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.open = true
	b.cond.Signal() // @barrier-signal
}

func TestSignalForTwo(t *testing.T) {
	t.Parallel()
	b := &barrier{}
	b.cond.L = &b.mu
	var passed sync.WaitGroup
	for range 2 {
		passed.Add(1)
		go func() {
			defer passed.Done()
			b.pass()
		}()
	}
	time.Sleep(60 * time.Millisecond)
	b.raise()
	passed.Wait() // @passed-wait
}

// turnstile is raised again by a goroutine that waits for the network of another program.
type turnstile struct {
	mu   sync.Mutex
	cond sync.Cond
	open bool
}

func (b *turnstile) pass() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for !b.open {
		b.cond.Wait()
	}
}

func (b *turnstile) raise(after <-chan time.Time) {
	<-after
	b.mu.Lock()
	defer b.mu.Unlock()
	b.open = true
	b.cond.Broadcast()
}

func TestBroadcastComesLate(t *testing.T) {
	t.Parallel()
	b := &turnstile{}
	b.cond.L = &b.mu
	go b.raise(time.After(time.Minute))
	b.pass()
}

// Nobody signals where an item is added without it.
type buffer struct {
	mu    sync.Mutex
	ready *sync.Cond
	items []int
}

func (b *buffer) add(item int) {
	b.mu.Lock()
	b.items = append(b.items, item)
	b.mu.Unlock()
}

func (b *buffer) take() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.items) == 0 {
		b.ready.Wait() // @buffer-wait
	}
	return b.items[0]
}

func TestAddsWithoutSignal(t *testing.T) {
	t.Parallel()
	b := &buffer{}
	b.ready = sync.NewCond(&b.mu)
	go func() {
		time.Sleep(20 * time.Millisecond)
		b.add(1)
	}()
	b.take()
}
