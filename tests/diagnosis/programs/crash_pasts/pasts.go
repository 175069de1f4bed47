// Package crash_pasts ends in panics and fatal errors, each of which has a past in its source.
package crash_pasts

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
)

// Average divides by how many there are.
//
//go:noinline
func Average(of []int) int {
	sum := 0
	for _, each := range of {
		sum += each
	}
	return sum / len(of) // @divides
}

// Text takes a value for a text.
//
//go:noinline
func Text(of any) string { return of.(string) } // @takes

// Told takes a value for what tells of itself.
//
//go:noinline
func Told(of any) string { return of.(fmt.Stringer).String() } // @stringer

// Hook is called where there is one.
type Hook struct {
	name string
	call func(string)
	out  chan int
	mu   sync.Mutex
}

// Run calls it.
//
//go:noinline
func (h *Hook) Run() {
	h.call(h.name) // @calls-none
}

// Stop closes a channel that nobody made.
func (h *Hook) Stop() { close(h.out) } // @closes-nil

// Leave unlocks on the way out, and by defer as well.
//
//go:noinline
func (h *Hook) Leave(early bool) bool {
	h.mu.Lock()
	defer h.mu.Unlock() // @unlock-deferred
	if early {
		h.mu.Unlock() // @unlocks-early
		return false  // @leaves
	}
	return true
}

// User has a name.
type User struct{ Name string }

// Short is the first letter.
//
//go:noinline
func (u *User) Short() string { return u.Name[:1] } // @short

// Load gives a user, or an error.
//
//go:noinline
func Load(name string) (*User, error) {
	if name == "" {
		return nil, errors.New("no name") // @nobody
	}
	return &User{name}, nil // @no-error
}

// Node is part of a list.
type Node struct {
	next  *Node
	value int
}

// Sum adds what follows.
func (n *Node) Sum() int {
	if n == nil {
		return 0
	}
	return n.value + n.next.Sum() // @sums
}

// Degree prints itself by itself.
type Degree float64

func (d Degree) String() string { return fmt.Sprintf("%v°", d) } // @prints

// Kelvin prints its number.
type Kelvin float64

func (k Kelvin) String() string { return fmt.Sprintf("%v K", float64(k)) }

// Even and Odd ask each other.
func Even(n *Node) bool { return Odd(n.next) } // @even

// Odd is not even.
func Odd(n *Node) bool { return Even(n.next) } // @odd

// Crew works.
type Crew struct{ busy sync.WaitGroup }

// Work has two ways out.
func (c *Crew) Work(early bool) {
	defer c.busy.Done() // @done-deferred
	if early {
		c.busy.Done() // @done-early
		return        // @works
	}
}

// Labels are put and forgotten.
type Labels struct{ by map[string]string }

// NewLabels has room for labels.
func NewLabels() *Labels { return &Labels{by: map[string]string{}} }

// Put sets one.
func (l *Labels) Put(name, value string) {
	l.by[name] = value // @puts
}

// Forget leaves nothing to put into.
func (l *Labels) Forget() {
	l.by = nil // @forgets
}

// Player plays one track at a time.
type Player struct {
	mu  sync.Mutex
	now *User
}

// Play begins.
func (p *Player) Play(track *User) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = track
}

// Stop ends.
func (p *Player) Stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = nil // @stops
}

// Title is of what plays.
//
//go:noinline
func (p *Player) Title() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now.Name // @titles
}

// Queue holds numbers.
type Queue struct{ items []int }

// Clear leaves none.
func (q *Queue) Clear() {
	q.items = q.items[:0] // @clears
}

// At is one of them.
//
//go:noinline
func (q *Queue) At(i int) int {
	return q.items[i] // @at
}

// Shelf has two ways to be empty.
type Shelf struct{ top *User }

// Sell leaves nothing.
func (s *Shelf) Sell() { s.top = nil }

// Burn leaves nothing, either.
func (s *Shelf) Burn() { s.top = nil }

// Look is at what stands there.
//
//go:noinline
func (s *Shelf) Look() string {
	return s.top.Name // @looks-at-shelf
}

// Plan says how many share.
type Plan struct{ shares int }

var plan Plan

// Agree sets it.
func Agree(shares int) {
	plan.shares = shares // @agrees
}

// Share is of how many.
//
//go:noinline
func Share(of int) int {
	return of / plan.shares // @shares
}

// Grid makes the cells of a table.
func Grid(wide, high int) []byte {
	return make([]byte, wide*high) // @makes-grid
}

// Mailbox makes a channel that holds some.
func Mailbox(room int) chan int {
	return make(chan int, room) // @makes-mailbox
}

// Reserve makes an empty list with room.
func Reserve(begin, end int) []int {
	return make([]int, 0, end-begin) // @reserves
}

// Four takes the first four.
func Four(of []int) [4]int {
	return [4]int(of) // @takes-four
}

// FirstHop returns the first of the ways that lead to a name.
func FirstHop(routes map[string][]string, name string) string {
	return routes[name][0] // @first-hop
}

// Again runs a function, and panics again with more words.
func Again(call func()) {
	defer func() {
		if found := recover(); found != nil {
			panic(fmt.Sprint("again: ", found))
		}
	}()
	call()
}

// Word reads the four bytes behind the first four.
func Word(of []byte) uint32 {
	return binary.BigEndian.Uint32(of[4:]) // @reads-word
}

// Note writes to a buffer.
func Note(to *bytes.Buffer, text string) {
	to.WriteString(text) // @notes-nothing
}

// Ledger locks by what it embeds.
type Ledger struct {
	*sync.Mutex
	sum int
}

// Add adds under the lock.
func (l *Ledger) Add(n int) {
	l.Lock() // @locks-nothing
	defer l.Unlock()
	l.sum += n
}
