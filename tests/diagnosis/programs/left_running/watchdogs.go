// Package left_running holds tests that leave something behind which nobody can end any more, though
// it does not stand still, and beside them tests that end it, or whose package may.
package left_running

import (
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// watchdog counts the ticks at which nobody has fed it.
type watchdog struct {
	fed  atomic.Int64
	late atomic.Int64
	quit chan struct{}
}

func newWatchdog() *watchdog {
	w := &watchdog{quit: make(chan struct{})}
	go w.run() // @starts-watchdog
	return w
}

func (w *watchdog) run() {
	ticker := time.NewTicker(2 * time.Millisecond)
	defer ticker.Stop()
	for {
		select { // @watches
		case <-ticker.C:
			if w.fed.Swap(0) == 0 {
				w.late.Add(1)
			}
		case <-w.quit:
			return
		}
	}
}

func (w *watchdog) awaitTick() {
	for w.late.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
}

var (
	guarding sync.Once
	guard    *watchdog
)

// shared is used by whoever comes, and lives as long as the process.
func shared() *watchdog {
	guarding.Do(func() { guard = newWatchdog() })
	return guard
}

// prober asks a server whether it is well.
type prober struct{ client http.Client }

func newProber() *prober { return &prober{http.Client{Transport: &http.Transport{}}} }

func (p *prober) ask(url string, read func(*http.Response)) error {
	answer, err := p.client.Get(url)
	if err == nil && read != nil {
		read(answer)
	}
	return err
}
