// Package finalizers holds tests that expect a finalizer to have run behind a collection, and
// beside them tests that wait for it, or that ask for something else.
package finalizers

import (
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

type file struct{ name *string }

func open(name string) *file { return &file{&name} }

func TestFreesAtOnce(t *testing.T) {
	var freed atomic.Bool
	f := open("a")
	runtime.SetFinalizer(f, func(*file) { time.Sleep(time.Second); freed.Store(true) }) // @sets
	f = nil
	runtime.GC() // @collects
	if !freed.Load() {
		t.Error("not freed") // @freed-fails
	}
}

// It waits for the finalizer, which says the wrong name.
func TestWaitsForIt(t *testing.T) {
	freed := make(chan string, 1)
	name := ""
	f := open("b")
	runtime.SetFinalizer(f, func(f *file) { freed <- *f.name })
	f = nil
	runtime.GC()
	select {
	case name = <-freed:
	case <-time.After(10 * time.Second):
	}
	if name != "c" {
		t.Errorf("freed %q", name)
	}
}

// What it asks for is not what the finalizer sets.
func TestAsksForMore(t *testing.T) {
	var freed atomic.Bool
	f := open("d")
	runtime.SetFinalizer(f, func(*file) { freed.Store(true) })
	f = nil
	runtime.GC()
	if opened := len("d"); opened != 2 {
		t.Errorf("%d opened", opened)
	}
}
