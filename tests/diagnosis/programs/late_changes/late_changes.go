// Package late_changes counts what its goroutines have done, a moment after they did it.
package late_changes

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"time"
)

// Server counts requests when they are over.
type Server struct {
	hits   atomic.Int64
	active atomic.Int64
}

// ServeHTTP answers, and then takes its time; who asked may go on before Flush has returned.
func (s *Server) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	s.active.Add(1)
	defer s.active.Add(-1) // @leaves
	fmt.Fprintln(w, "ok")
	w.(http.Flusher).Flush()           // @lingers
	time.Sleep(200 * time.Millisecond) // @lingers
	s.hits.Add(1)                      // @hits
}

// Pool runs jobs.
type Pool struct {
	jobs chan func()
	done atomic.Int64
}

// NewPool starts workers.
func NewPool(workers int) *Pool {
	p := &Pool{jobs: make(chan func(), 64)}
	for at := 0; at < workers; at++ {
		go p.work() // @works
	}
	return p
}

func (p *Pool) work() {
	for job := range p.jobs {
		job()
		record()      // @records
		p.done.Add(1) // @counts
	}
}

func record() {
	time.Sleep(100 * time.Millisecond) // @record-sleeps
}

// Submit hands a job to the workers.
func (p *Pool) Submit(job func()) { p.jobs <- job }

// Bus hands events to all who want them.
type Bus struct{ wanted []func(string) }

// Subscribe adds one who wants events.
func (b *Bus) Subscribe(wants func(string)) { b.wanted = append(b.wanted, wants) }

// Publish hands an event to all.
func (b *Bus) Publish(event string) {
	for _, each := range b.wanted {
		go each(event) // @hands
	}
}
