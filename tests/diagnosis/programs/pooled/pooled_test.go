package pooled

import (
	"runtime"
	"sync"
	"testing"
)

// collect lets the pools drop what they hold: an item outlives one collection, and no second one.
func collect() {
	runtime.GC()
	runtime.GC()
}

func TestReuses(t *testing.T) {
	b := get()
	put(b)
	collect()
	if again := get(); again != b {
		t.Errorf("another buffer") // @gets-fails
	}
}

func TestChildIsReused(t *testing.T) {
	p := newParser()
	first := p.child()
	p.spare.Put(first)
	collect()
	if second := p.child(); second != first {
		t.Fatal("another child") // @child-fails
	}
}

func TestLocalPool(t *testing.T) {
	pool := &sync.Pool{New: func() any { return new(int) }}
	n := new(int)
	pool.Put(n)
	collect()
	got := pool.Get() // @local
	if got != n {
		t.Error("another number") // @local-fails
	}
}

func TestEmpties(t *testing.T) {
	b := &buffer{text: []byte("abc")}
	put(b)
	if len(b.text) != 3 {
		t.Error("it is empty")
	}
}

func TestDepth(t *testing.T) {
	p := newParser()
	if c := p.child(); c.depth != 2 {
		t.Errorf("depth %d", c.depth)
	}
}

func TestIsThere(t *testing.T) {
	if get() != nil {
		t.Error("there is one")
	}
}
