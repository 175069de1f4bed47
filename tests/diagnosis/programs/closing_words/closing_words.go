// Package closing_words holds services that write down what they do, on several goroutines.
package closing_words

import (
	"fmt"
	"sync"
	"time"
)

// Journal keeps lines.
type Journal struct {
	lock  sync.Mutex
	lines []string
}

// Printf adds a line.
func (j *Journal) Printf(format string, values ...any) {
	j.lock.Lock()
	defer j.lock.Unlock()
	j.lines = append(j.lines, fmt.Sprintf(format, values...))
}

// Lines returns the lines.
func (j *Journal) Lines() []string {
	j.lock.Lock()
	defer j.lock.Unlock()
	return append([]string(nil), j.lines...)
}

// Last returns the last line.
func (j *Journal) Last() string {
	lines := j.Lines()
	return lines[len(lines)-1]
}

// Service works until it is stopped.
type Service struct {
	journal    *Journal
	stop, done chan struct{}
}

// Start starts one.
func Start(journal *Journal) *Service {
	s := &Service{journal, make(chan struct{}), make(chan struct{})}
	go s.loop() // @loop-starts
	return s
}

func (s *Service) loop() {
	defer close(s.done)
	<-s.stop
	time.Sleep(20 * time.Millisecond)
	s.journal.Printf("worker left after %d jobs", 3) // @worker-left
}

// Stop stops it.
func (s *Service) Stop() {
	close(s.stop)
	s.journal.Printf("stopped") // @stopped
}

// Flusher flushes when it is closed.
type Flusher struct {
	journal *Journal
	wait    sync.WaitGroup
}

// Close closes it.
func (f *Flusher) Close() {
	f.wait.Add(1)
	go func() { // @flush-starts
		defer f.wait.Done()
		time.Sleep(200 * time.Millisecond)
		f.journal.Printf("all is flushed") // @flushed
	}()
	f.journal.Printf("closed") // @closed
}

// Steps notes what it has done.
type Steps struct {
	lock sync.Mutex
	done []string
}

func (s *Steps) note(step string) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.done = append(s.done, step)
}

// Run takes all steps.
func (s *Steps) Run() {
	ended := make(chan struct{})
	go s.warm(ended)  // @warm-starts
	s.note("loading") // @loading
	<-ended
}

func (s *Steps) warm(ended chan struct{}) {
	time.Sleep(20 * time.Millisecond)
	s.note("warming") // @warming
	close(ended)
}

// Plain does all on one goroutine.
type Plain struct{ journal *Journal }

// Stop stops it.
func (p *Plain) Stop() {
	p.journal.Printf("halted")
	p.leave()
}

func (p *Plain) leave() { p.journal.Printf("gone") }

// Careful waits for its goroutine before it writes its last line, which it may leave out.
type Careful struct{ Service }

// Open starts one.
func Open(journal *Journal) *Careful {
	c := &Careful{Service{journal, make(chan struct{}), make(chan struct{})}}
	go c.work()
	return c
}

func (c *Careful) work() {
	<-c.stop
	c.journal.Printf("work is over")
	close(c.done)
}

// Shut ends it.
func (c *Careful) Shut(served int) {
	close(c.stop)
	<-c.done
	if served > 0 {
		c.journal.Printf("shut")
	}
}
