package services

import (
	"net"
	"net/http"
	"sync"
	"time"
)

// school rings by a timer, which was given the method through a variable.
type school struct {
	mu    sync.Mutex
	bell  sync.Cond
	over  bool
	timer *time.Timer
}

func newSchool(lesson time.Duration) *school {
	s := &school{}
	s.bell.L = &s.mu
	ring := s.ring
	s.timer = time.AfterFunc(lesson, ring)
	return s
}

func (s *school) ring() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
	s.bell.Broadcast()
}

func (s *school) attend(out *sync.WaitGroup) {
	defer out.Done()
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.over {
		s.bell.Wait()
	}
}

// track is taken for a runner, who gives it back when done.
type track struct {
	mu   sync.Mutex
	laps int
}

type runner struct {
	track *track
	pace  time.Duration
}

func (t *track) start(r *runner) {
	t.mu.Lock()
	go r.run()
}

func (r *runner) run() {
	time.Sleep(r.pace)
	r.track.laps++
	r.track.release()
}

func (t *track) release() { t.mu.Unlock() }

// porch has a server tell of the first who comes, by a field of another package's struct.
type porch struct {
	once  sync.Once
	first chan struct{}
}

func (p *porch) seen(net.Conn, http.ConnState) {
	p.once.Do(func() { close(p.first) })
}

func (p *porch) open(listener net.Listener) {
	server := &http.Server{ConnState: p.seen}
	go server.Serve(listener)
}
