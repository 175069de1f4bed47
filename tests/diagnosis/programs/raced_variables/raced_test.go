package raced_variables

import (
	"bufio"
	"math/rand"
	"strings"
	"sync"
	"testing"
	"time"
)

// both calls two functions at once, each again and again.
func both(one, other func()) {
	var done sync.WaitGroup
	for _, each := range []func(){one, other} {
		done.Add(1)
		go func() { // @starts-both
			defer done.Done()
			for range 50 {
				each()
			}
		}()
	}
	done.Wait()
}

func TestField(t *testing.T) {
	c := &Counters{}
	both(c.hit, func() { c.ratio() })
}

func TestOneOfTwoFields(t *testing.T) {
	c := &Counters{}
	both(c.swap, func() { c.ratio() })
}

func TestPackageVariable(t *testing.T) {
	both(nextGeneration, nextGeneration)
}

func TestListThatGrows(t *testing.T) {
	j := &Journal{}
	both(func() { j.note("a") }, func() { j.size() })
}

func TestElements(t *testing.T) {
	s := Scores{1, 2, 3}
	both(func() { s.raise(1) }, s.order)
}

func TestBuffer(t *testing.T) {
	c := &Console{}
	both(func() { c.print("x") }, func() { c.text() })
}

func TestDice(t *testing.T) {
	d := &Dice{rand.New(rand.NewSource(1))}
	both(func() { d.roll() }, func() { d.roll() })
}

func TestEncodes(t *testing.T) {
	s := &Settings{Name: "a", Ports: []int{1}}
	both(func() { s.rename("b") }, func() { s.encode() })
}

func TestReadsLines(t *testing.T) {
	l := &Lines{bufio.NewReader(strings.NewReader(strings.Repeat("a\n", 500)))}
	both(func() { l.next() }, func() { l.next() })
}

func TestCopies(t *testing.T) {
	s := Settings{Name: "a"}
	both(func() { s.rename("b") }, func() {
		copied := s // @copies
		_ = copied
	})
}

func TestCaptured(t *testing.T) {
	var err error
	read := make(chan bool)
	go func() {
		_, err = strings.NewReader("").ReadByte() // @sets-error
		close(read)
	}()
	if err != nil { // @asks-error
		t.Log(err)
	}
	<-read
}

func TestOfAStructOfItsOwn(t *testing.T) {
	type limits struct{ most int }
	type plan struct{ of *limits }
	p := &plan{&limits{}}
	both(
		func() { p.of.most = 3 },     // @sets-most
		func() { _ = p.of.most > 2 }, // @asks-most
	)
}

// The delay keeps the two apart in time, where the runtime would end the process, and orders
// nothing.
func TestMap(t *testing.T) {
	seen := map[string]bool{}
	var done sync.WaitGroup
	done.Add(2)
	go func() {
		defer done.Done()
		seen["a"] = true // @sees
	}()
	go func() {
		defer done.Done()
		time.Sleep(20 * time.Millisecond)
		seen["b"] = true // @sees-later
	}()
	done.Wait()
}

// Two of each are written in one line: which of them a report is about, no line tells.
func TestTwoInALine(t *testing.T) {
	a, b := 0, 0
	both(
		func() { a, b = b, a }, // @swaps-two
		func() { a, b = 1, 2 }, // @sets-two
	)
}

// The variable of each call is its own; what is shared is what the pointer leads to.
func TestOfEachCall(t *testing.T) {
	shared := new(int)
	add := func() {
		own := shared
		*own = *own + 1 // @adds-own
	}
	both(add, add)
}

func TestFieldUnderLock(t *testing.T) {
	c := &Counters{}
	var mu sync.Mutex
	both(
		func() { mu.Lock(); c.hit(); mu.Unlock() },
		func() { mu.Lock(); c.ratio(); mu.Unlock() },
	)
}
