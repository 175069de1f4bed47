// Package crossed_stops holds tests in which one goroutine sends to another that waits for it
// itself, and beside each one where a third is asleep that receives later.
package crossed_stops

import (
	"sync"
	"testing"
	"time"
)

// prober reports what it measures until it is told to stop, which it sees between two reports.
type prober struct {
	out  chan int
	stop chan bool
}

func (p *prober) loop() {
	for n := 0; ; n++ {
		select {
		case <-p.stop:
			return
		default:
		}
		p.out <- n // @prober-sends
	}
}

func (p *prober) end() { p.stop <- true } // @prober-stops

func TestStopsAProber(t *testing.T) {
	t.Parallel()
	p := &prober{make(chan int), make(chan bool)}
	go p.loop()
	for i := 0; i < 3; i++ {
		<-p.out // @prober-heard
	}
	time.Sleep(20 * time.Millisecond)
	p.end()
}

// scout is a prober that another goroutine hears, later.
type scout struct {
	reports chan int
	halt    chan bool
}

func (s *scout) loop() {
	for n := 0; ; n++ {
		select {
		case <-s.halt:
			return
		default:
		}
		s.reports <- n
	}
}

func (s *scout) hearLate() {
	time.Sleep(time.Minute)
	<-s.reports
}

func TestStopsAScout(t *testing.T) {
	t.Parallel()
	s := &scout{make(chan int), make(chan bool)}
	go s.loop()
	<-s.reports
	go s.hearLate()
	time.Sleep(20 * time.Millisecond)
	s.halt <- true
}

// shell answers each command with an event, and its owner sends two commands for one event.
type shell struct {
	commands chan string
	out      chan string
}

func (s *shell) run() {
	for command := range s.commands {
		s.out <- command // @shell-sends
	}
}

func TestCommandsAShell(t *testing.T) {
	t.Parallel()
	s := &shell{make(chan string), make(chan string)}
	go s.run()
	s.commands <- "ls"
	<-s.out // @shell-heard
	s.commands <- "cd"
	s.commands <- "rm" // @shell-commands
}

// console answers, too, and what it answers is read late.
type console struct {
	lines   chan string
	answers chan string
}

func (c *console) run() {
	for line := range c.lines {
		c.answers <- line
	}
}

func (c *console) readLate() {
	time.Sleep(time.Minute)
	for range c.answers {
	}
}

func TestCommandsAConsole(t *testing.T) {
	t.Parallel()
	c := &console{make(chan string), make(chan string)}
	go c.run()
	c.lines <- "ls"
	<-c.answers
	go c.readLate()
	c.lines <- "cd"
	c.lines <- "rm"
}

// harvest waits for its pickers after the first baskets, and they still bring some.
type harvest struct {
	in      chan int
	pickers sync.WaitGroup
}

func (h *harvest) pick(n int) {
	defer h.pickers.Done()
	for i := 0; i < n; i++ {
		h.in <- i // @picker-sends
	}
}

func (h *harvest) first() int {
	h.pickers.Add(1)
	go h.pick(3)
	sum := <-h.in    // @basket-taken
	h.pickers.Wait() // @harvest-waits
	return sum
}

func TestHarvests(t *testing.T) {
	t.Parallel()
	h := &harvest{in: make(chan int)}
	h.first()
}

// vintage waits for its pickers, too, and a press takes what they bring, later.
type vintage struct {
	crates  chan int
	pickers sync.WaitGroup
}

func (v *vintage) pick(n int) {
	defer v.pickers.Done()
	for i := 0; i < n; i++ {
		v.crates <- i
	}
}

func (v *vintage) press() {
	time.Sleep(time.Minute)
	for range v.crates {
	}
}

func TestPresses(t *testing.T) {
	t.Parallel()
	v := &vintage{crates: make(chan int)}
	v.pickers.Add(1)
	go v.pick(3)
	<-v.crates
	go v.press()
	v.pickers.Wait()
}
