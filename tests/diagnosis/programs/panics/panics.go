// Package panics ends in run-time panics, each of which has a past.
package panics

import (
	"strings"
	"sync"
)

// Index counts words.
type Index struct {
	seen  map[string]int
	names []string
	next  *Index
}

// Count writes to a map that nobody made.
func (x *Index) Count(word string) {
	x.seen[word]++ // @nil-map
}

// Name asks for a name by number.
func (x *Index) Name(at int) string {
	return x.names[at] // @index
}

// Port returns what stands behind the colon of an address.
//
//go:noinline
func Port(address string) string {
	parts := strings.Split(address, ":") // @splits
	return parts[1]                      // @port-index
}

// Last returns the last of some names.
//
//go:noinline
func Last(names []string) string {
	return names[len(names)-1] // @last
}

// Follow goes to the next index.
//
//go:noinline
func (x *Index) Follow() string {
	next := x.next
	return next.names[0] // @nil-pointer
}

// Results takes what workers send until it is told to stop.
type Results struct {
	out chan int
}

// Stop closes the results.
func (r *Results) Stop() {
	close(r.out) // @stops
}

// Gate opens when it is closed, however often that is asked for.
type Gate struct {
	open chan struct{}
	once sync.Once
}

// Open closes the channel at most once.
func (g *Gate) Open() { g.once.Do(func() { close(g.open) }) }

// Door is closed by either of two methods.
type Door struct{ shut chan struct{} }

// Slam shuts the door.
func (d *Door) Slam() { close(d.shut) } // @slams

// Shut shuts the door.
func (d *Door) Shut() { close(d.shut) } // @shuts

// Send sends one result.
func (r *Results) Send(n int) {
	r.out <- n // @sends
}

// Finish counts one worker as done.
func Finish(done *sync.WaitGroup) {
	done.Done() // @finishes
}

// Begin counts one worker.
func Begin(done *sync.WaitGroup) {
	done.Add(1) // @begins
}
