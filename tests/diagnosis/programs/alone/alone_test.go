// Package alone has waits that only the waiter itself could end, and as many that others do.
package alone

import (
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

const _soon = 400 * time.Millisecond

type trip struct {
	over sync.WaitGroup
	to   string
}

type router struct {
	mu    sync.Mutex
	trips map[string]*trip
	next  map[string]string
}

func (r *router) find(name string) string {
	r.mu.Lock()
	if known, ok := r.trips[name]; ok {
		r.mu.Unlock()
		known.over.Wait() // @trip-wait
		return known.to
	}
	made := &trip{to: name}
	made.over.Add(1) // @trip-add
	r.trips[name] = made
	r.mu.Unlock()
	if to, ok := r.next[name]; ok {
		made.to = r.find(to)
	}
	made.over.Done() // @trip-done
	return made.to
}

func TestRouteLeadsBack(t *testing.T) {
	t.Parallel()
	r := &router{trips: map[string]*trip{}, next: map[string]string{"a": "b", "b": "a"}}
	r.find("a")
}

type ferry struct {
	over sync.WaitGroup
	to   string
}

type pier struct {
	mu      sync.Mutex
	ferries map[string]*ferry
}

func (p *pier) find(name string) string {
	p.mu.Lock()
	if known, ok := p.ferries[name]; ok {
		p.mu.Unlock()
		known.over.Wait()
		return known.to
	}
	made := &ferry{to: name}
	made.over.Add(1)
	p.ferries[name] = made
	p.mu.Unlock()
	time.Sleep(20 * time.Second)
	made.over.Done()
	return made.to
}

func TestFerryIsAskedTwice(t *testing.T) {
	t.Parallel()
	p := &pier{ferries: map[string]*ferry{}}
	go p.find("z")
	p.find("z")
}

type crew struct{ at sync.WaitGroup }

func (c *crew) work(last bool) {
	c.at.Add(1) // @crew-add
	go func() { // @crew-go
		defer c.at.Done() // @crew-done
		if last {
			c.rest()
		}
	}() // @crew-end
}

func (c *crew) rest() {
	c.at.Wait() // @crew-wait
}

func TestCrewWaitsForItself(t *testing.T) {
	t.Parallel()
	c := &crew{}
	c.work(false)
	c.work(true)
	time.Sleep(_soon)
	c.rest()
}

type band struct{ at sync.WaitGroup }

func TestBandIsLate(t *testing.T) {
	t.Parallel()
	b := &band{}
	b.at.Add(1)
	go func() {
		defer b.at.Done()
		time.Sleep(20 * time.Second)
	}()
	b.at.Wait()
}

type clerk struct{ inbox chan func() }

func (c *clerk) serve() {
	for do := range c.inbox { // @clerk-range
		do()
	}
}

func (c *clerk) ask(do func()) {
	done := make(chan struct{})
	c.inbox <- func() { // @clerk-send
		defer close(done)
		do()
	}
	<-done // @clerk-wait
}

func TestClerkAsksItself(t *testing.T) {
	t.Parallel()
	c := &clerk{make(chan func())}
	go c.serve()
	c.ask(func() { c.ask(func() {}) })
}

type guard struct{ inbox chan func() }

func (g *guard) serve() {
	for do := range g.inbox {
		do()
	}
}

func (g *guard) ask(do func()) {
	done := make(chan struct{})
	g.inbox <- func() {
		defer close(done)
		do()
	}
	<-done
}

func TestGuardIsBusy(t *testing.T) {
	t.Parallel()
	g := &guard{make(chan func())}
	go g.serve()
	g.ask(func() { time.Sleep(20 * time.Second) })
}

type purse struct {
	mu    sync.Mutex
	coins int
}

func (p purse) count() int {
	p.mu.Lock() // @purse-lock
	defer p.mu.Unlock()
	return p.coins
}

func (p *purse) put() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.coins++
	return p.count()
}

func TestPurseIsCountedByValue(t *testing.T) {
	t.Parallel()
	(&purse{}).put()
}

func weigh(p purse) {
	p.mu.Lock() // @weigh-lock
	p.coins = 0
	p.mu.Unlock()
}

func TestPurseIsPassedByValue(t *testing.T) {
	t.Parallel()
	p := purse{}
	p.mu.Lock()
	weigh(p)
	p.mu.Unlock()
}

type till struct {
	sync.RWMutex
	sum int
}

func (t till) total() int {
	t.RLock() // @till-lock
	defer t.RUnlock()
	return t.sum
}

func TestTillIsTotalledByValue(t *testing.T) {
	t.Parallel()
	one := till{}
	one.Lock()
	one.total()
	one.Unlock()
}

func (p purse) hold(long time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	time.Sleep(long)
}

func TestCopyOfAFreePurse(t *testing.T) {
	t.Parallel()
	p := purse{}
	p.hold(time.Millisecond)
	p.hold(20 * time.Second)
}

type safe struct {
	mu   sync.Mutex
	gold int
}

func (s *safe) fill(held chan<- bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	held <- true
	time.Sleep(20 * time.Second)
}

func (s *safe) look() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gold
}

func TestSafeIsHeldForLong(t *testing.T) {
	t.Parallel()
	s, held := &safe{}, make(chan bool)
	go s.fill(held)
	<-held
	s.look()
}

type batch struct{ left sync.WaitGroup }

func (b *batch) run(do func()) {
	b.left.Add(1) // @batch-add
	go func() {   // @batch-go
		defer func() {
			_ = recover() // @batch-recover
		}()
		do()
		b.left.Done() // @batch-done
	}()
}

func TestPanicSkipsDone(t *testing.T) {
	t.Parallel()
	b := &batch{}
	b.run(func() { panic("no") })
	b.left.Wait() // @batch-wait
}

type shift struct{ left sync.WaitGroup }

func (s *shift) guard(do func()) {
	s.left.Add(1)
	go func() {
		defer s.left.Done()
		defer func() { _ = recover() }()
		do()
	}()
}

func TestPanicIsRecovered(t *testing.T) {
	t.Parallel()
	s := &shift{}
	s.guard(func() { panic("no") })
	s.guard(func() { time.Sleep(20 * time.Second) })
	s.left.Wait()
}

func check(ids []int) error {
	results := make(chan error)
	var left sync.WaitGroup
	for range ids {
		left.Add(1)
		go func() {
			defer left.Done()            // @check-done
			results <- errors.New("bad") // @check-send
		}()
	}
	defer left.Wait()
	for range ids {
		if err := <-results; err != nil { // @check-receive
			return err // @check-return
		}
	}
	return nil
}

func TestWaitsOnItsWayOut(t *testing.T) {
	t.Parallel()
	if check([]int{1, 2}) == nil {
		t.Fatal("no error")
	}
}

func audit() error {
	var left sync.WaitGroup
	left.Add(1)
	go func() {
		defer left.Done()
		time.Sleep(20 * time.Second)
	}()
	defer left.Wait()
	return errors.New("bad")
}

func TestLeavesSlowly(t *testing.T) {
	t.Parallel()
	_ = audit()
}

func TestWritesToItsOwnPipe(t *testing.T) {
	t.Parallel()
	r, w := io.Pipe()
	_, _ = io.WriteString(w, "all") // @pipe-write
	_ = w.Close()
	_, _ = io.ReadAll(r)
}

func greet(c net.Conn) {
	_, _ = io.WriteString(c, "hello") // @greet-write
	_, _ = io.ReadAll(c)
}

func TestBothGreetFirst(t *testing.T) {
	t.Parallel()
	one, other := net.Pipe()
	go greet(one)
	greet(other)
}

func TestPipeIsReadLate(t *testing.T) {
	t.Parallel()
	r, w := io.Pipe()
	go func() {
		time.Sleep(20 * time.Second)
		_, _ = io.ReadAll(r)
	}()
	_, _ = io.WriteString(w, "all")
}
