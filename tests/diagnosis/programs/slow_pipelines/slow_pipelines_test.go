package slow_pipelines

import (
	"runtime"
	"sync"
	"testing"
	"time"
)

func TestMergesASlowInput(t *testing.T) {
	t.Parallel()
	for range merge(lines(true, "a"), slowLines()) {
		continue
	}
}

func TestClosesATopicLate(t *testing.T) {
	t.Parallel()
	b := &bus{subs: map[string][]chan message{}}
	heard := make(chan message, 4)
	c := b.join("a", heard)
	go func() {
		b.drop("a")
		time.Sleep(time.Minute)
		close(c)
	}()
	b.left.Wait()
}

func TestCounterIsSlow(t *testing.T) {
	t.Parallel()
	startCounter(time.Minute).add("a")
}

func TestFlightIsLong(t *testing.T) {
	t.Parallel()
	begun := make(chan struct{})
	l := &loader{flights: map[string]*flight{}, fetch: func(string) (string, error) {
		close(begun)
		time.Sleep(time.Minute)
		return "v", nil
	}}
	go l.load("k")
	<-begun
	_, _ = l.load("k")
}

func TestComponentIsSlow(t *testing.T) {
	t.Parallel()
	all := &table{ready: map[string]chan struct{}{}}
	all.start("api", func() error { return nil }, "store")
	all.start("store", func() error { time.Sleep(time.Minute); return nil })
	all.wg.Wait()
}

func awaitIdle(m *mailbox, n int) {
	for !m.isIdle(n) {
		runtime.Gosched()
	}
}

func readAll(m *mailbox, readers *sync.WaitGroup) {
	defer readers.Done()
	for {
		if _, ok := m.take(); !ok {
			return
		}
	}
}

func TestCloseForAllIsLate(t *testing.T) {
	t.Parallel()
	m := newMailbox(4)
	var readers sync.WaitGroup
	readers.Add(2)
	go readAll(m, &readers)
	go readAll(m, &readers)
	go func() {
		time.Sleep(time.Minute)
		m.closeForAll()
	}()
	readers.Wait()
}

func TestTakesLate(t *testing.T) {
	t.Parallel()
	m := newMailbox(1)
	m.put("a")
	go func() {
		time.Sleep(time.Minute)
		m.take()
		m.room.Signal()
	}()
	m.put("b")
}

type node struct {
	name string
	kept bool
}

// drain counts a node when it is about to start with it.
func drain(nodes []node, names chan<- string) {
	var wg sync.WaitGroup
	for _, each := range nodes {
		if each.kept {
			continue
		}
		wg.Add(1)
		go func(n node) {
			defer wg.Done()
			time.Sleep(time.Minute)
			names <- n.name
		}(each)
	}
	wg.Wait()
}

func TestKeptNodeIsNotCounted(t *testing.T) {
	t.Parallel()
	drain([]node{{"a", false}, {"b", true}}, make(chan string, 2))
}
