package podium

import "testing"

// A range may come upon the order that is wanted, but not so many times.
const often = 60

func TestSecond(t *testing.T) {
	for again := 0; again < often; again++ {
		var b Board
		b.Add("ann", 30)
		b.Add("bob", 20)
		b.Add("cid", 20)
		if top := b.Top(); top[1].Name != "bob" {
			t.Fatalf("second is %s, want bob", top[1].Name) // @second-fails
		}
	}
}

func TestFirstOffer(t *testing.T) {
	for again := 0; again < often; again++ {
		offers := []Row{{Name: "tea", Score: 3}, {Name: "milk", Score: 3}, {Name: "rice", Score: 8}}
		first := Cheapest(offers)[0]
		if first.Name != "tea" {
			t.Fatalf("first offer is %v", first) // @offer-fails
		}
	}
}

func TestLast(t *testing.T) {
	for again := 0; again < often; again++ {
		var b Board
		b.Add("ann", 1)
		b.Add("bob", 1)
		b.Add("cid", 7)
		rows := b.Top()
		last := rows[2]
		if got := last.Name; got != "ann" {
			t.Fatalf("last = %q", got) // @last-fails
		}
	}
}

// The scores differ: what is first is certain.
func TestWorstFirst(t *testing.T) {
	var b Board
	b.Add("ann", 30)
	b.Add("bob", 20)
	if top := b.Top(); top[0].Name != "bob" {
		t.Fatalf("first is %s, want bob", top[0].Name)
	}
}

// One of them is added to twice.
func TestAddedTwice(t *testing.T) {
	var b Board
	b.Add("ann", 20)
	b.Add("bob", 20)
	b.Add("ann", 20)
	if top := b.Top(); top[0].Name != "bob" {
		t.Fatalf("first is %s, want bob", top[0].Name)
	}
}

// Names decide where the scores are equal.
func TestByName(t *testing.T) {
	var b Board
	b.Add("ann", 20)
	b.Add("bob", 20)
	if top := b.Names(); top[0].Name != "bob" {
		t.Fatalf("first is %s, want bob", top[0].Name)
	}
}
