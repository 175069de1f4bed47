// Package dropped_wakes holds tests whose wake-ups are sent only to who waits already, and beside
// them ones that keep theirs, or whose receiver comes late.
package dropped_wakes

import (
	"testing"
	"time"
)

// mailbox rings its bell for each letter; the clerk hears it only while listening.
type mailbox struct {
	bell    chan struct{}
	letters chan string
}

func (m *mailbox) put(letter string) {
	m.letters <- letter
	select {
	case m.bell <- struct{}{}: // @bell-send
	default:
	}
}

func (m *mailbox) serve(answers chan<- string) {
	for {
		<-m.bell                        // @bell-wait
		answers <- "re: " + <-m.letters // @answer-send
	}
}

func TestRingsBeforeAnybodyListens(t *testing.T) {
	t.Parallel()
	m := &mailbox{bell: make(chan struct{}), letters: make(chan string, 4)}
	answers := make(chan string)
	m.put("one")
	go m.serve(answers)
	for range 3 {
		t.Log(<-answers) // @answer-wait
		m.put("next")
	}
}

// press stamps a page each time that it is told to.
type press struct {
	turn  chan bool
	pages chan int
}

func (p *press) stamp() {
	for page := 0; ; page++ {
		p.pages <- page                   // @page-send
		time.Sleep(20 * time.Millisecond) // the ink dries
		<-p.turn                          // @turn-wait
	}
}

func (p *press) next() int {
	page := <-p.pages // @page-wait
	select {
	case p.turn <- true: // @turn-send
	default:
	}
	return page
}

func TestTurnsWhileTheInkDries(t *testing.T) {
	t.Parallel()
	p := &press{turn: make(chan bool, 0), pages: make(chan int)}
	go p.stamp()
	for range 3 {
		p.next()
	}
}

// gauge is read by a goroutine of its own, when it is asked to and has not just been read.
func gauge(ask <-chan int, values chan<- int) {
	value := 0
	for {
		value += <-ask                    // @ask-wait
		values <- value                   // @value-send
		time.Sleep(20 * time.Millisecond) // it settles
	}
}

func asks(ask chan<- int) {
	select {
	case ask <- 1: // @ask-send
	default:
	}
}

func TestAsksWhileItSettles(t *testing.T) {
	t.Parallel()
	ask := make(chan int)
	values := make(chan int)
	go gauge(ask, values)
	time.Sleep(20 * time.Millisecond)
	for range 3 {
		asks(ask)
		<-values // @value-wait
	}
}

// queue keeps one wake-up; its consumer waits for two of them.
type queue struct{ wake chan struct{} }

func (q *queue) signal() {
	select {
	case q.wake <- struct{}{}: // @wake-send
	default:
	}
}

func (q *queue) drain(drained chan<- int) {
	for round := 0; ; round++ {
		<-q.wake         // @wake-first
		<-q.wake         // @wake-second
		drained <- round // @drained-send
	}
}

func TestKeepsOneOfTwo(t *testing.T) {
	t.Parallel()
	q := &queue{wake: make(chan struct{}, 1)}
	drained := make(chan int)
	q.signal()
	q.signal()
	go q.drain(drained)
	for range 3 {
		<-drained // @drained-wait
		q.signal()
	}
}

// siren has two ways to sound, one of which waits until it is heard.
type siren struct{ sound chan int }

func (s *siren) try() {
	select {
	case s.sound <- 1: // @siren-try
	default:
	}
}

func (s *siren) insist() { s.sound <- 2 } // @siren-insist

func (s *siren) hear(heard chan<- int) {
	for {
		heard <- <-s.sound // @siren-wait
	}
}

func TestTriesAndNeverInsists(t *testing.T) {
	t.Parallel()
	s := &siren{sound: make(chan int)}
	heard := make(chan int)
	s.try()
	go s.hear(heard)
	for range 3 {
		<-heard // @heard-wait
		s.try()
		s.insist()
	}
}

// lamp is lit by whoever comes; somebody comes, if late.
type lamp struct{ light chan bool }

func (l *lamp) on() {
	select {
	case l.light <- true:
	default:
	}
}

func (l *lamp) watch(lit chan<- bool) {
	for {
		lit <- <-l.light
	}
}

func TestSomebodyComesLate(t *testing.T) {
	t.Parallel()
	l := &lamp{light: make(chan bool)}
	lit := make(chan bool)
	l.on()
	go l.watch(lit)
	go func() {
		time.Sleep(time.Minute)
		l.on()
	}()
	for range 3 {
		<-lit
		l.on()
	}
}

// postbox keeps the ring that came early; its clerk is slow.
type postbox struct {
	bell    chan struct{}
	letters chan string
}

func (p *postbox) put(letter string) {
	p.letters <- letter
	select {
	case p.bell <- struct{}{}:
	default:
	}
}

func (p *postbox) serve(answers chan<- string) {
	time.Sleep(time.Minute)
	for {
		<-p.bell
		answers <- "re: " + <-p.letters
	}
}

func TestKeepsTheRing(t *testing.T) {
	t.Parallel()
	p := &postbox{bell: make(chan struct{}, 1), letters: make(chan string, 4)}
	answers := make(chan string)
	p.put("one")
	go p.serve(answers)
	for range 3 {
		t.Log(<-answers)
		p.put("next")
	}
}
