// Package own_closers holds tests that wait until a goroutine closes a channel which waits for that
// close itself, and beside each one whose goroutine is asleep and closes it later.
package own_closers

import (
	"testing"
	"time"
)

// consumer stops itself from its handler.
type consumer struct {
	in     chan string
	done   chan bool
	handle func(*consumer, string)
}

func (c *consumer) loop() {
	defer close(c.done) // @consumer-closes
	for message := range c.in {
		c.handle(c, message)
	}
}

func (c *consumer) stop() {
	<-c.done // @consumer-waits
}

func TestConsumerStopsItself(t *testing.T) {
	t.Parallel()
	c := &consumer{make(chan string), make(chan bool), func(c *consumer, _ string) { c.stop() }} // @consumer-made
	go c.loop()
	c.in <- "stop"
	<-c.done // @consumer-asked
}

// reader is stopped while its handler is at work.
type reader struct {
	in   chan string
	over chan bool
}

func (r *reader) loop() {
	defer close(r.over)
	for range r.in {
		time.Sleep(time.Minute)
		return
	}
}

func TestReaderIsAtWork(t *testing.T) {
	t.Parallel()
	r := &reader{make(chan string), make(chan bool)}
	go r.loop()
	r.in <- "stop"
	<-r.over
}

// warmer waits until all is warm before it says so.
type warmer struct{ warm chan struct{} }

func (w *warmer) wait() {
	<-w.warm // @warmer-waits
}

func (w *warmer) run() {
	w.wait()
	close(w.warm) // @warmer-closes
}

func TestWarmerWaitsForItself(t *testing.T) {
	t.Parallel()
	w := &warmer{make(chan struct{})} // @warmer-made
	go w.run()
	<-w.warm // @warmer-asked
}

// heater takes its time.
type heater struct{ hot chan struct{} }

func (h *heater) run() {
	time.Sleep(time.Minute)
	close(h.hot)
}

func TestHeaterTakesItsTime(t *testing.T) {
	t.Parallel()
	h := &heater{make(chan struct{})}
	go h.run()
	<-h.hot
}

// host drains its guests, and one of them drains the host.
type host struct {
	guests chan func()
	empty  chan struct{}
}

func (h *host) serve() {
	defer func() { close(h.empty) }() // @host-closes
	for guest := range h.guests {
		guest()
	}
}

func (h *host) drain() {
	close(h.guests)
	<-h.empty // @host-waits
}

func TestGuestDrainsItsHost(t *testing.T) {
	t.Parallel()
	h := &host{make(chan func()), make(chan struct{})} // @host-made
	go h.serve()
	h.guests <- h.drain
	<-h.empty // @host-asked
}

// inn has a guest who sleeps.
type inn struct {
	beds  chan func()
	quiet chan struct{}
}

func (i *inn) serve() {
	defer func() { close(i.quiet) }()
	for guest := range i.beds {
		guest()
	}
}

func TestGuestSleeps(t *testing.T) {
	t.Parallel()
	i := &inn{make(chan func()), make(chan struct{})}
	go i.serve()
	i.beds <- func() { time.Sleep(time.Minute) }
	<-i.quiet
}
