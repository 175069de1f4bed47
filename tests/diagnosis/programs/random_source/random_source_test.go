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

type deck struct {
	cards []string
	id    int
}

func newDeck() *deck { return &deck{cards: []string{"ace", "king", "queen", "jack"}} }

func (d *deck) shuffle() {
	rand.Shuffle(len(d.cards), func(i, j int) { // @shuffles
		d.cards[i], d.cards[j] = d.cards[j], d.cards[i]
	})
}

func (d *deck) top() string { return d.cards[0] }

func (d *deck) number() { d.id = rand.Intn(1 << 40) } // @numbers

func TestShuffles(t *testing.T) {
	d := newDeck()
	d.shuffle()
	if top := d.top(); top != "ten" {
		t.Errorf("%s is on top", top) // @shuffles-fails
	}
}

func TestNumbers(t *testing.T) {
	d := newDeck()
	d.number()
	if d.id != 7 {
		t.Fatalf("number %d", d.id) // @numbers-fails
	}
}

// No order changes how many there are.
func TestShufflesAll(t *testing.T) {
	d := newDeck()
	d.shuffle()
	if n := len(d.cards); n != 5 {
		t.Errorf("%d cards", n)
	}
}

// It leaves them as they are.
func TestTop(t *testing.T) {
	d := newDeck()
	if top := d.top(); top != "king" {
		t.Errorf("%s is on top", top)
	}
}
