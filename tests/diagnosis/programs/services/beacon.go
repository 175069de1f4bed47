package services

import (
	"sync/atomic"
	"time"
)

// beacon loops over its ticker, and is to end when that is stopped.
type beacon struct {
	tick   *time.Ticker
	closed chan struct{}
	beats  atomic.Int64
}

func (b *beacon) run() {
	defer close(b.closed)
	for range b.tick.C { // @beacon-range
		b.beats.Add(1)
	}
}

func (b *beacon) stop() int64 {
	b.tick.Stop() // @beacon-stop
	<-b.closed
	return b.beats.Load()
}

// lamp ticks rarely, and nobody has stopped it yet.
type lamp struct {
	tick  *time.Ticker
	beats chan int
}

func (l *lamp) run() {
	for range l.tick.C {
		l.beats <- 1
	}
}

func (l *lamp) wait() int {
	defer l.tick.Stop()
	return <-l.beats
}
