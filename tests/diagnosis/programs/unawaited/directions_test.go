package unawaited

import (
	"io"
	"testing"
)

// The number is an old one; who follows could only bring another.
func TestMirrorBeginsEmpty(t *testing.T) {
	alone(t)
	m := newMirror(100, make(chan int))
	if m.last != 0 {
		t.Fatalf("it begins with %d", m.last)
	}
}

// What is closed later is a pipe, and no visit.
func TestVisits(t *testing.T) {
	alone(t)
	m := &mirror{}
	one, _ := io.Pipe()
	closeLater(one)
	if m.open != 1 {
		t.Fatalf("%d visits, want 1", m.open)
	}
	(&visit{m}).Close()
}

func TestDeskIsFree(t *testing.T) {
	alone(t)
	var d desk
	d.serve()
	if d.busy != 0 {
		t.Fatalf("%d are still served", d.busy) // @free-fails
	}
}
