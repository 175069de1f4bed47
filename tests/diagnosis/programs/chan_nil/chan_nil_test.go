// Package chan_nil holds tests that wait on nil channels and in selects of no cases, and beside each
// one that waits on a channel that is there.
package chan_nil

import (
	"testing"
	"time"
)

type client struct {
	requests chan string
	answers  chan string
}

// open makes one of its two channels.
func open() *client {
	return &client{answers: make(chan string, 1)}
}

func (c *client) ask(text string) {
	c.requests <- text // @nil-send
}

func TestSendOnNil(t *testing.T) {
	t.Parallel()
	open().ask("a")
}

type server struct {
	requests chan string
}

func (s *server) ask(text string) {
	s.requests <- text
}

func TestSendOnMade(t *testing.T) {
	t.Parallel()
	s := &server{requests: make(chan string)}
	time.AfterFunc(time.Minute, func() { <-s.requests })
	s.ask("a")
}

// merge receives from a channel that it has set to nil when it was done.
func merge(one, other chan int) int {
	total := 0
	for range 3 {
		if value, open := <-one; open { // @nil-receive
			total += value
		} else {
			one = nil
		}
	}
	close(other)
	return total
}

func TestReceiveFromNil(t *testing.T) {
	t.Parallel()
	one := make(chan int)
	close(one)
	merge(one, make(chan int))
}

func TestReceiveFromMade(t *testing.T) {
	t.Parallel()
	ticks := make(chan int)
	time.AfterFunc(time.Minute, func() { ticks <- 1 })
	<-ticks
}

// A range over a nil channel, by two goroutines alike.
func drain(from <-chan int, done chan<- struct{}) {
	for range from { // @nil-range
	}
	done <- struct{}{}
}

func TestRangeOverNil(t *testing.T) {
	t.Parallel()
	var none chan int
	done := make(chan struct{}, 2)
	go drain(none, done)
	go drain(none, done)
	<-done
	<-done
}

func TestRangeOverMade(t *testing.T) {
	t.Parallel()
	some, done := make(chan int), make(chan struct{}, 1)
	time.AfterFunc(time.Minute, func() { close(some) })
	drain2(some, done)
	<-done
}

func drain2(from <-chan int, done chan<- struct{}) {
	for range from {
	}
	done <- struct{}{}
}

func TestSelectWithoutCases(t *testing.T) {
	t.Parallel()
	select {} // @select-test
}

type daemon struct{}

func (daemon) run(stopped chan struct{}) {
	defer close(stopped)
	select {} // @select-run
}

func TestDaemonWithoutCases(t *testing.T) {
	t.Parallel()
	stopped := make(chan struct{})
	go daemon{}.run(stopped)
	<-stopped
}

func forever[T any](value T) T {
	select {} // @select-generic
}

func TestGenericWithoutCases(t *testing.T) {
	t.Parallel()
	forever(1)
}

func TestSelectWithACase(t *testing.T) {
	t.Parallel()
	select {
	case <-time.After(time.Minute):
	}
}

func TestSelectOfNilAndATimer(t *testing.T) {
	t.Parallel()
	var none chan int
	select {
	case <-none:
	case <-time.After(time.Minute):
	}
}

func TestSelectWithADefault(t *testing.T) {
	t.Parallel()
	var none chan int
	for {
		select {
		case <-none:
		default:
			time.Sleep(time.Minute)
		}
	}
}
