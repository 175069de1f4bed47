// Package put_off holds timers that their users put off, and switches that open again.
package put_off

import (
	"sync"
	"sync/atomic"
	"time"
)

// Debouncer saves when nobody has called it for a while.
type Debouncer struct {
	lock  sync.Mutex
	delay time.Duration
	timer *time.Timer
	save  func()
}

// New makes one.
func New(delay time.Duration, save func()) *Debouncer { return &Debouncer{delay: delay, save: save} }

// Touch puts the saving off.
func (d *Debouncer) Touch() {
	d.lock.Lock()
	defer d.lock.Unlock()
	if d.timer != nil {
		d.timer.Stop()
	}
	d.timer = time.AfterFunc(d.delay, d.save) // @touch-sets
}

// Watchdog barks when nobody has fed it for a while.
type Watchdog struct {
	Patience time.Duration
	barked   atomic.Bool
	fed      chan struct{}
}

// Watch begins to watch.
func (w *Watchdog) Watch() {
	w.fed = make(chan struct{})
	go func() {
		for {
			select {
			case <-w.fed:
			case <-time.After(w.Patience): // @watch-sets
				w.barked.Store(true)
				return
			}
		}
	}()
}

// Feed feeds it.
func (w *Watchdog) Feed() {
	select {
	case w.fed <- struct{}{}:
	default:
	}
}

// Barked returns whether it has barked.
func (w *Watchdog) Barked() bool { return w.barked.Load() }

// Lease is over when nobody renews it for a while.
type Lease struct {
	lasts time.Duration
	timer *time.Timer
	over  atomic.Bool
}

// Take takes one.
func Take(lasts time.Duration) *Lease {
	l := &Lease{lasts: lasts}
	l.timer = time.AfterFunc(lasts, func() { l.over.Store(true) }) // @take-sets
	return l
}

// Renew puts its end off.
func (l *Lease) Renew() { l.timer.Reset(l.lasts) }

// Over returns whether it is over.
func (l *Lease) Over() bool { return l.over.Load() }

// Breaker opens for a while.
type Breaker struct {
	Pause  time.Duration
	opened time.Time
}

// Open opens it.
func (b *Breaker) Open() { b.opened = time.Now() }

// State returns open or closed.
func (b *Breaker) State() string {
	if time.Since(b.opened) < b.Pause { // @breaker-asks
		return "open"
	}
	return "closed"
}
