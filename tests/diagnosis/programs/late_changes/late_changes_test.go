package late_changes

import (
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func ask(t *testing.T, handler http.Handler) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handler)
	response, err := server.Client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.ReadFull(response.Body, make([]byte, 3)); err != nil {
		t.Fatal(err)
	}
	return server
}

func TestHits(t *testing.T) {
	s := &Server{}
	defer ask(t, s).Close()
	if hits := s.hits.Load(); hits != 1 {
		t.Errorf("%d hits, want 1", hits) // @hits-fails
	}
}

func TestActive(t *testing.T) {
	s := &Server{}
	defer ask(t, s).Close()
	if active := s.active.Load(); active != 0 {
		t.Errorf("%d active, want none", active) // @active-fails
	}
}

func TestDone(t *testing.T) {
	p := NewPool(1)
	p.Submit(func() {})
	time.Sleep(30 * time.Millisecond)
	if done := p.done.Load(); done != 1 {
		t.Errorf("%d done, want 1", done) // @done-fails
	}
}

// On the only proc, nobody else runs before the test waits.
func TestPublished(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var b Bus
	var heard atomic.Int64
	b.Subscribe(func(string) { heard.Add(1) }) // @hears
	b.Publish("up")
	if n := heard.Load(); n != 1 {
		t.Errorf("%d heard, want 1", n) // @published-fails
	}
}

func TestSubmitted(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	p := NewPool(2)
	p.Submit(func() {})
	if done := p.done.Load(); done != 1 {
		t.Errorf("%d done, want 1", done) // @submitted-fails
	}
}

// The server is closed, and with it all handlers are over; they are fewer than that.
func TestHitsWhenClosed(t *testing.T) {
	s := &Server{}
	ask(t, s).Close()
	if hits := s.hits.Load(); hits != 2 {
		t.Errorf("%d hits, want 2", hits)
	}
}

// All have heard, and nobody else wanted to.
func TestPublishedAndWaits(t *testing.T) {
	var b Bus
	var heard atomic.Int64
	var wg sync.WaitGroup
	wg.Add(1)
	b.Subscribe(func(string) { heard.Add(1); wg.Done() })
	b.Publish("up")
	wg.Wait()
	if n := heard.Load(); n != 2 {
		t.Errorf("%d heard, want 2", n)
	}
}

// What the worker goes on to change is not what it has answered.
func TestAnswers(t *testing.T) {
	p := NewPool(1)
	ran := make(chan bool)
	p.Submit(func() { close(ran) })
	<-ran
	if done := p.done.Load(); done != 2 {
		t.Errorf("%d done, want 2", done)
	}
}

// Nothing was submitted.
func TestNothingSubmitted(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	p := NewPool(2)
	if done := p.done.Load(); done != 1 {
		t.Errorf("%d done, want 1", done)
	}
}
