package stamped_keys

import (
	"testing"
	"time"
)

// untilASecondBegins waits, so that all that follows is in one second.
func untilASecondBegins() {
	time.Sleep(time.Until(time.Now().Truncate(time.Second).Add(time.Second)))
}

func TestTwoOrders(t *testing.T) {
	s := Open()
	untilASecondBegins()
	s.Place("tea")
	s.Place("milk")
	if len(s.orders) != 2 {
		t.Errorf("%d orders, want 2", len(s.orders)) // @two-fails
	}
}

func TestManyOrders(t *testing.T) {
	s := Open()
	untilASecondBegins()
	for _, item := range []string{"tea", "milk", "rice"} {
		s.Place(item)
	}
	if n := s.Len(); n != 3 {
		t.Errorf("there are %d", n) // @many-fails
	}
}

func TestLines(t *testing.T) {
	l := &Log{map[string]string{}}
	untilASecondBegins()
	l.Add("begun")
	l.Add("done")
	if got := len(l.lines); got < 2 {
		t.Errorf("%d lines", got) // @lines-fails
	}
}

// It wants more than it has put there.
func TestWantsMore(t *testing.T) {
	s := Open()
	s.Place("tea")
	s.Place("milk")
	if n := s.Len(); n != 3 {
		t.Errorf("%d orders, want 3", n)
	}
}

// It wants fewer.
func TestWantsFewer(t *testing.T) {
	s := Open()
	s.Place("tea")
	time.Sleep(1100 * time.Millisecond)
	s.Place("milk")
	if n := s.Len(); n != 1 {
		t.Errorf("%d orders, want 1", n)
	}
}

// The keys count, too.
func TestCounted(t *testing.T) {
	c := &Counted{items: map[int64]string{}}
	c.Put("tea")
	c.Put("milk")
	delete(c.items, time.Now().Unix()+1)
	if len(c.items) != 2 {
		t.Errorf("%d items, want 2", len(c.items))
	}
}

// Something is taken out.
func TestShelf(t *testing.T) {
	s := &Shelf{map[string]string{"": "nothing"}}
	s.Put("tea")
	s.Put("milk")
	if len(s.goods) != 2 {
		t.Errorf("%d goods, want 2", len(s.goods))
	}
}

// One of them has no name.
func TestBasket(t *testing.T) {
	b := &Basket{map[int64]string{}}
	for _, name := range []string{"tea", "", "milk"} {
		b.Put(name)
		time.Sleep(time.Millisecond)
	}
	if len(b.goods) != 3 {
		t.Errorf("%d goods, want 3", len(b.goods))
	}
}
