package left_over

import (
	"testing"
	"time"
)

// A select may take all in the order that is wanted, but not so many times.
const often = 60

func TestAddsAll(t *testing.T) {
	for again := 0; again < often; again++ {
		a := NewAdder(8)
		for job := 1; job <= 4; job++ {
			a.jobs <- job // @adds-sends
		}
		close(a.stop) // @adds-ends
		go a.Run()
		<-a.done
		if a.sum != 10 {
			t.Fatalf("sum is %d, want 10", a.sum) // @adds-fails
		}
	}
}

func TestSendsAll(t *testing.T) {
	for again := 0; again < often; again++ {
		m := Open()
		m.Send("one")
		m.Send("two")
		m.Send("three")
		m.Close()
		if got := len(m.sent); got != 3 {
			t.Fatalf("sent %d", got) // @sends-fails
		}
	}
}

func TestAddsSome(t *testing.T) {
	for again := 0; again < often; again++ {
		a := NewAdder(8)
		a.jobs <- 1
		a.jobs <- 2
		a.jobs <- 3   // @some-sends
		close(a.stop) // @some-ends
		a.Run()
		if a.sum < 6 {
			t.Fatal("not all was added") // @some-fails
		}
	}
}

// It waits for all before it stops the worker.
func TestWaitsForAll(t *testing.T) {
	a := NewAdder(8)
	go a.Run()
	for job := 1; job <= 4; job++ {
		a.jobs <- job
	}
	for len(a.jobs) > 0 {
		time.Sleep(time.Millisecond)
	}
	close(a.stop)
	<-a.done
	if a.sum != 11 {
		t.Errorf("sum is %d, want 11", a.sum)
	}
}

// What is left is taken.
func TestDrains(t *testing.T) {
	d := NewDrainer()
	d.items <- 1
	d.items <- 2
	close(d.stop)
	d.Run()
	if d.taken != 3 {
		t.Errorf("took %d, want 3", d.taken)
	}
}

// There is no room in the channel: what was sent was taken.
func TestNoRoom(t *testing.T) {
	c := NewCourier()
	go c.Run()
	c.parcels <- 1
	c.parcels <- 2
	close(c.stop)
	<-c.done
	if c.carried != 3 {
		t.Errorf("carried %d, want 3", c.carried)
	}
}

// It has more than it wants.
func TestTooMany(t *testing.T) {
	a := NewAdder(8)
	a.sum = 7
	a.jobs <- 1
	close(a.stop)
	a.Run()
	if a.sum != 6 {
		t.Errorf("sum is %d, want 6", a.sum)
	}
}

// A method that it calls waits for all.
func TestFlushes(t *testing.T) {
	m := Open()
	m.Send("one")
	m.Flush()
	m.Close()
	if got := len(m.sent); got != 2 {
		t.Errorf("sent %d", got)
	}
}

// Not all that is taken is counted.
func TestEven(t *testing.T) {
	s := NewSieve()
	s.numbers <- 1
	s.numbers <- 2
	s.numbers <- 3
	close(s.stop)
	s.Run()
	if s.even != 3 {
		t.Errorf("%d are even, want 3", s.even)
	}
}

// It wants more than was sent.
func TestWantsFour(t *testing.T) {
	m := Open()
	m.Send("one")
	m.Send("two")
	m.Close()
	if got := len(m.sent); got != 4 {
		t.Errorf("sent %d", got)
	}
}
