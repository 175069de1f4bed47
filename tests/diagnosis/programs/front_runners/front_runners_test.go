package front_runners

import (
	"sync"
	"testing"
	"time"
)

// late is how long those wait that are started earlier.
func late(at int) time.Duration { return time.Duration(3-at) * 20 * time.Millisecond }

func itself(name string) string { return name }

func TestLeader(t *testing.T) {
	e := Open()
	for at, id := range []string{"node-1", "node-2", "node-3"} {
		go func() { // @leader-starts
			time.Sleep(late(at))
			e.Campaign(id)
		}()
	}
	if got := e.Leader(); got != "node-1" {
		t.Errorf("leader = %s, want node-1", got) // @leader-fails
	}
}

func TestHolder(t *testing.T) {
	var l Lease
	var wg sync.WaitGroup
	for at, id := range []string{"alpha", "beta"} {
		wg.Add(1)
		go func() { // @holder-starts
			defer wg.Done()
			time.Sleep(late(at))
			l.Take(id)
		}()
	}
	wg.Wait()
	if l.Holder() != "alpha" {
		t.Errorf("held by %s", l.Holder()) // @holder-fails
	}
}

func TestWinner(t *testing.T) {
	var r Race
	var wg sync.WaitGroup
	wg.Add(2)
	run := func(name string, after time.Duration) {
		defer wg.Done()
		time.Sleep(after)
		r.Finish(name)
	}
	go run("hare", late(0)) // @winner-starts
	go run("tortoise", late(2))
	wg.Wait()
	if r.winner != "hare" {
		t.Errorf("%s won", r.winner) // @winner-fails
	}
}

func TestGathered(t *testing.T) {
	got := Gather([]string{"left", "right"}, itself)
	if got[0] != "left" {
		t.Errorf("first is %s", got[0]) // @gathered-fails
	}
}

// One after the other: the first is certain.
func TestOneByOne(t *testing.T) {
	e := Open()
	for _, id := range []string{"node-1", "node-2"} {
		e.Campaign(id)
	}
	if got := e.Leader(); got != "node-2" {
		t.Errorf("leader = %s, want node-2", got)
	}
}

// It wants none of those that run.
func TestStranger(t *testing.T) {
	e := Open()
	for _, id := range []string{"node-1", "node-2"} {
		go e.Campaign(id)
	}
	if got := e.Leader(); got != "node-9" {
		t.Errorf("leader = %s, want node-9", got)
	}
}

// A single goroutine comes to it.
func TestAlone(t *testing.T) {
	e := Open()
	ids := []string{"node-1", "node-2"}
	go e.Campaign(ids[1])
	if got := e.Leader(); got != "node-1" {
		t.Errorf("leader = %s, want node-1", got)
	}
}

// The list is filled from behind, by nobody else.
func TestListed(t *testing.T) {
	got := Listed([]string{"left", "right"}, itself)
	if got[0] != "left" {
		t.Errorf("first is %s", got[0])
	}
}

// Each waits for the one before.
func TestChain(t *testing.T) {
	var l Lease
	for _, id := range []string{"gamma", "delta"} {
		done := make(chan struct{})
		go func() {
			defer close(done)
			l.Take(id)
		}()
		<-done
	}
	if l.Holder() != "delta" {
		t.Errorf("held by %s", l.Holder())
	}
}
