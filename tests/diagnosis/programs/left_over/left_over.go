// Package left_over holds workers that are stopped, some of them before they have done all.
package left_over

import (
	"sync"
	"time"
)

// Adder adds up what it is sent.
type Adder struct {
	jobs       chan int
	stop, done chan struct{}
	sum        int
}

// NewAdder makes one with room for some jobs.
func NewAdder(room int) *Adder {
	return &Adder{jobs: make(chan int, room), stop: make(chan struct{}), done: make(chan struct{})}
}

// Run works until it is stopped.
func (a *Adder) Run() {
	defer close(a.done)
	for {
		select { // @adder-selects
		case job := <-a.jobs:
			a.sum += job
		case <-a.stop:
			return
		}
	}
}

// Mailer sends letters.
type Mailer struct {
	letters chan string
	quit    chan struct{}
	ended   sync.WaitGroup
	sent    []string
}

// Open starts one.
func Open() *Mailer {
	m := &Mailer{letters: make(chan string, 16), quit: make(chan struct{})}
	m.ended.Add(1)
	go m.loop()
	return m
}

func (m *Mailer) loop() {
	defer m.ended.Done()
	for {
		select { // @mailer-selects
		case <-m.quit:
			return
		case letter := <-m.letters:
			m.deliver(letter)
		}
	}
}

func (m *Mailer) deliver(letter string) { m.sent = append(m.sent, letter) }

// Send sends a letter later.
func (m *Mailer) Send(letter string) {
	m.letters <- letter // @mailer-sends
}

// Close ends it.
func (m *Mailer) Close() {
	close(m.quit) // @mailer-ends
	m.ended.Wait()
}

// Flush waits until nothing is left.
func (m *Mailer) Flush() {
	for len(m.letters) > 0 {
		time.Sleep(time.Millisecond)
	}
}

// Sieve counts the even numbers.
type Sieve struct {
	numbers    chan int
	stop, done chan struct{}
	even       int
}

// NewSieve makes one.
func NewSieve() *Sieve {
	return &Sieve{numbers: make(chan int, 8), stop: make(chan struct{}), done: make(chan struct{})}
}

// Run counts until it is stopped.
func (s *Sieve) Run() {
	defer close(s.done)
	for {
		select {
		case number := <-s.numbers:
			if number%2 == 0 {
				s.even++
			}
		case <-s.stop:
			return
		}
	}
}

// Courier takes one parcel after the other, from hand to hand.
type Courier struct {
	parcels    chan int
	stop, done chan struct{}
	carried    int
}

// NewCourier makes one.
func NewCourier() *Courier {
	return &Courier{parcels: make(chan int), stop: make(chan struct{}), done: make(chan struct{})}
}

// Run carries until it is stopped.
func (c *Courier) Run() {
	defer close(c.done)
	for {
		select {
		case <-c.parcels:
			c.carried++
		case <-c.stop:
			return
		}
	}
}

// Drainer takes what is left before it leaves.
type Drainer struct {
	items      chan int
	stop, done chan struct{}
	taken      int
}

// NewDrainer makes one.
func NewDrainer() *Drainer {
	return &Drainer{items: make(chan int, 16), stop: make(chan struct{}), done: make(chan struct{})}
}

// Run works until it is stopped and nothing is left.
func (d *Drainer) Run() {
	defer close(d.done)
	for {
		select {
		case <-d.items:
			d.taken++
		case <-d.stop:
			for len(d.items) > 0 {
				<-d.items
				d.taken++
			}
			return
		}
	}
}
