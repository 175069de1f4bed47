// Package random_source holds tests that check what was drawn at random, and beside them tests
// whose draws are the same in each run, or are not what they check.
package random_source

import (
	"math/rand"
	"testing"
	"time"
)

type pool struct{ size int }

func newPool(id int) *pool { return &pool{size: 2 + id - id} }

func (p *pool) count() int { return p.size }

func pick(from []int) int {
	return from[rand.Intn(len(from))] // @picks
}

var many = make([]int, 5000)

func init() {
	for at := range many {
		many[at] = at
	}
}

func TestDraws(t *testing.T) {
	n := rand.Intn(5000) // @draws
	if n != 7 {
		t.Errorf("drew %d", n) // @draws-fails
	}
}

func TestPicks(t *testing.T) {
	if got := pick(many); got != 7 {
		t.Errorf("picked %d, want 7", got) // @picks-fails
	}
}

func TestSeedsByTheClock(t *testing.T) {
	source := rand.New(rand.NewSource(time.Now().UnixNano()))
	got := source.Intn(5000) % 4999 // @clock-draws
	if got != 7 {
		t.Fatalf("got %d", got) // @clock-fails
	}
}

// The seed is the same each time.
func TestSeedsByOne(t *testing.T) {
	source := rand.New(rand.NewSource(1))
	if got := source.Intn(5000); got != 7 {
		t.Errorf("got %d", got)
	}
}

// A random name says nothing of what the object does.
func TestNamesAtRandom(t *testing.T) {
	id := rand.Intn(5000)
	p := newPool(id)
	if p.count() != 3 {
		t.Errorf("pool %d counts %d", id, p.count())
	}
}

// The draw is only how long it waits.
func TestWaitsAtRandom(t *testing.T) {
	time.Sleep(time.Duration(rand.Intn(5)) * time.Millisecond)
	if got := len(many); got != 7 {
		t.Errorf("got %d", got)
	}
}

// A draw was in the variable before.
func TestDrawsAndForgets(t *testing.T) {
	n := rand.Intn(5000)
	t.Logf("drew %d", n)
	n = len(many)
	if n != 7 {
		t.Errorf("n is %d", n)
	}
}
