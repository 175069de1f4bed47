// Package gave_up holds tests that poll until their patience ends, and beside them tests whose
// loops wait for nothing, or with which nobody was still at work.
package gave_up

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"
)

type order struct {
	key   string
	reply chan string
}

type shop struct{ orders chan order }

func open() *shop {
	s := &shop{orders: make(chan order, 1)}
	go s.serve()
	return s
}

func (s *shop) serve() {
	for o := range s.orders {
		time.Sleep(600 * time.Millisecond) // @serve-sleeps
		o.reply <- o.key
	}
}

func (s *shop) buy(key string) string {
	o := order{key, make(chan string, 1)}
	s.orders <- o
	return <-o.reply
}

func TestAsksTheTime(t *testing.T) {
	var sold atomic.Bool
	s := open()
	go func() { sold.Store(s.buy("tea") != "") }()
	until := time.Now().Add(20 * time.Millisecond)
	for !sold.Load() {
		if time.Now().After(until) {
			t.Fatal("no tea") // @asks-fails
		}
		time.Sleep(time.Millisecond)
	}
}

func TestTriesTenTimes(t *testing.T) {
	var sold atomic.Bool
	s := open()
	go func() { sold.Store(s.buy("rice") != "") }()
	for range 10 {
		if sold.Load() {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Error("no rice") // @tries-fails
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for range 10 {
		if holds() {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatalf("%s: never", what)
}

func TestAsksAHelper(t *testing.T) {
	sold := make(chan string, 1)
	s := open()
	go func() { sold <- s.buy("salt") }()
	eventually(t, "salt", func() bool { return len(sold) > 0 }) // @helped-fails
}

// Two were still at work, at the same place.
func TestTwo(t *testing.T) {
	sold := make(chan string, 2)
	for _, each := range []*shop{open(), open()} {
		go func() { sold <- each.buy("oil") }()
	}
	eventually(t, "oil", func() bool { return len(sold) == 2 }) // @two-fails
}

// Nobody was at work: it waits for what never comes.
func TestNobodyAtWork(t *testing.T) {
	sold := make(chan string, 1)
	o := order{"nuts", make(chan string)}
	go func() { sold <- <-o.reply }()
	eventually(t, "nuts", func() bool { return len(sold) > 0 })
	o.reply <- "nuts"
}

// Only a janitor was at work, which has nothing to do with it.
func TestJanitorAtWork(t *testing.T) {
	sold := make(chan string, 1)
	go func() {
		for {
			time.Sleep(time.Minute)
		}
	}()
	eventually(t, "plums", func() bool { return len(sold) > 0 })
}

// Its loop sleeps once for each order, and asks for nothing.
func TestPacesItself(t *testing.T) {
	s := open()
	defer close(s.orders)
	count := 0
	for range 3 {
		count++
		time.Sleep(time.Millisecond)
	}
	go s.buy("figs")
	time.Sleep(time.Millisecond)
	if count != 4 {
		t.Errorf("counted %d", count)
	}
}

type slow struct{}

func (slow) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	time.Sleep(600 * time.Millisecond) // @answers-late
}

func TestAsksAServer(t *testing.T) {
	server := httptest.NewServer(slow{})
	defer server.Close()
	client := &http.Client{Timeout: 20 * time.Millisecond}
	if _, err := client.Get(server.URL); err != nil { // @asks-server
		t.Errorf("%v", err)
	}
}
