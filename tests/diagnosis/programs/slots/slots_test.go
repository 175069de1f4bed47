// Package slots holds tests that wait for a slot of a semaphore which is not given back, and beside
// each one whose slot is, later.
package slots

import (
	"errors"
	"testing"
	"time"
)

var errRefused = errors.New("refused")

// gate lets one in at a time; a refusal keeps its slot.
type gate struct{ slots chan struct{} }

func (g *gate) enter(refuse bool) error {
	g.slots <- struct{}{} // @enter-send
	if refuse {
		return errRefused
	}
	<-g.slots
	return nil
}

func TestRefusalKeepsItsSlot(t *testing.T) {
	t.Parallel()
	g := &gate{make(chan struct{}, 1)}
	done := make(chan error)
	go func() { done <- g.enter(true) }()
	<-done
	_ = g.enter(false)
}

// door gives its slot back in any case; a slow visitor holds it.
type door struct{ slots chan struct{} }

func (d *door) enter(stay time.Duration) {
	d.slots <- struct{}{}
	defer func() { <-d.slots }()
	time.Sleep(stay)
}

func TestVisitorIsSlow(t *testing.T) {
	t.Parallel()
	d := &door{make(chan struct{}, 1)}
	go d.enter(time.Minute)
	time.Sleep(20 * time.Millisecond)
	d.enter(0)
}

// crew has two slots; who holds one waits for a message that only the third would send.
type crew struct {
	slots    chan struct{}
	messages chan string
}

func (c *crew) listen() {
	c.slots <- struct{}{} // @listen-send
	<-c.messages          // @listen-receive
	<-c.slots
}

func (c *crew) speak() {
	c.slots <- struct{}{} // @speak-send
	c.messages <- "hello"
	<-c.slots
}

func TestListenersHoldAllSlots(t *testing.T) {
	t.Parallel()
	c := &crew{make(chan struct{}, 2), make(chan string)}
	go c.listen()
	go c.listen()
	time.Sleep(20 * time.Millisecond)
	c.speak()
}

// choir has a speaker who needs no slot and is slow.
type choir struct {
	slots    chan struct{}
	messages chan string
}

func (c *choir) listen() {
	c.slots <- struct{}{}
	<-c.messages
	<-c.slots
}

func (c *choir) speak() {
	time.Sleep(time.Minute)
	c.messages <- "hello"
}

func TestSpeakerNeedsNoSlot(t *testing.T) {
	t.Parallel()
	c := &choir{make(chan struct{}, 2), make(chan string)}
	go c.speak()
	go c.listen()
	go c.listen()
	time.Sleep(20 * time.Millisecond)
	c.listen()
}

// nest takes a slot within a slot.
type nest struct{ slots chan struct{} }

func (n *nest) outer() {
	n.slots <- struct{}{} // @outer-send
	n.inner()
	<-n.slots
}

func (n *nest) inner() {
	n.slots <- struct{}{} // @inner-send
	<-n.slots
}

func TestSlotWithinASlot(t *testing.T) {
	t.Parallel()
	(&nest{make(chan struct{}, 1)}).outer()
}

// burrow takes a slot within a slot and has two; its own is held by a slow one.
type burrow struct{ slots chan struct{} }

func (b *burrow) outer() {
	b.slots <- struct{}{}
	b.inner()
	<-b.slots
}

func (b *burrow) inner() {
	b.slots <- struct{}{}
	<-b.slots
}

func TestTwoSlots(t *testing.T) {
	t.Parallel()
	b := &burrow{make(chan struct{}, 2)}
	go func() {
		b.slots <- struct{}{}
		time.Sleep(time.Minute)
		<-b.slots
	}()
	time.Sleep(20 * time.Millisecond)
	b.outer()
}

// bell is no semaphore: who rings it does not take the sound back.
type bell struct{ rung chan struct{} }

func (b *bell) ring() {
	b.rung <- struct{}{} // @first-ring
	b.rung <- struct{}{} // @second-ring
}

func (b *bell) hear() { <-b.rung }

func TestNobodyHears(t *testing.T) {
	t.Parallel()
	(&bell{make(chan struct{}, 1)}).ring()
}

func TestSomebodyHearsLate(t *testing.T) {
	t.Parallel()
	b := &bell{make(chan struct{}, 1)}
	go func() {
		time.Sleep(time.Minute)
		b.hear()
	}()
	b.ring()
}
