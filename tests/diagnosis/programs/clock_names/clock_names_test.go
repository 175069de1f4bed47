package clock_names

import (
	"testing"
	"time"
)

// The second may end between the two, but not so many times.
const often = 5

func TestOrders(t *testing.T) {
	for again := 0; again < often; again++ {
		one, other := NewOrder(), NewOrder()
		if one.ID == other.ID {
			t.Fatalf("both are %s", one.ID) // @orders-fail
		}
	}
}

func TestFolders(t *testing.T) {
	one := Folder()
	if other := Folder(); other == one {
		t.Errorf("both are %s", one) // @folders-fail
	}
}

func TestStamps(t *testing.T) {
	last := Stamp()
	if now := Stamp(); now <= last {
		t.Errorf("%d after %d", now, last) // @stamps-fail
	}
}

func TestStore(t *testing.T) {
	for again := 0; again < often; again++ {
		s := &Store{map[string]*Order{}}
		for at := 0; at < 3; at++ {
			if err := s.Add(NewOrder()); err != nil {
				t.Fatalf("Add: %v", err) // @store-fails
			}
		}
	}
}

// It adds one order twice.
func TestAddsTwice(t *testing.T) {
	s, order := &Store{map[string]*Order{}}, NewOrder()
	time.Sleep(time.Millisecond)
	for at := 0; at < 2; at++ {
		if err := s.Add(order); err != nil {
			t.Fatalf("Add: %v", err)
		}
	}
}

// No clock is asked.
func TestCounted(t *testing.T) {
	if one, other := Counted(), Counted(); one.ID == other.ID {
		t.Errorf("both are %s", one.ID)
	}
}

// Both are of one reading.
func TestCopies(t *testing.T) {
	order := NewOrder()
	other := *order
	if other.ID == order.ID {
		t.Errorf("both are %s", order.ID)
	}
}
