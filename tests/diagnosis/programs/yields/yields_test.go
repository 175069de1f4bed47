// Package yields has a loop that yields until a value is set that nobody sets. Each turn is an event
// or two of the trace, some million in a second: the program is for short runs.
package yields

import (
	"runtime"
	"sync/atomic"
	"testing"
)

type gate struct{ open atomic.Bool }

func (g *gate) lift(fail bool) {
	if !fail {
		g.open.Store(true) // @gate-store
	}
}

func TestYieldsForEver(t *testing.T) {
	t.Parallel()
	g := &gate{}
	go g.lift(true)
	for !g.open.Load() { // @gate-loop
		runtime.Gosched() // @gate-yield
	}
}
