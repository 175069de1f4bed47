package pipelines

import (
	"runtime"
	"sync"
	"testing"
)

func TestMergesAnOpenInput(t *testing.T) {
	t.Parallel()
	n := 0
	for range merge(lines(true, "a", "b"), lines(false, "c")) { // @merged
		n++
	}
}

func TestDropsATopic(t *testing.T) {
	t.Parallel()
	b := &bus{subs: map[string][]chan message{}}
	heard := make(chan message, 4)
	b.join("a", heard)
	b.publish("a", message{"x"})
	<-heard
	b.drop("a")
	b.left.Wait() // @bus-left
}

func TestCounterSkipsAnAnswer(t *testing.T) {
	t.Parallel()
	c := startCounter(0)
	c.add("a")
	c.add("")
}

func TestFlightFails(t *testing.T) {
	t.Parallel()
	l := &loader{flights: map[string]*flight{}, fetch: func(string) (string, error) {
		return "", errNoDisk
	}}
	_, _ = l.load("k")
	_, _ = l.load("k")
}

func TestComponentFails(t *testing.T) {
	t.Parallel()
	all := &table{ready: map[string]chan struct{}{}}
	all.start("api", func() error { return nil }, "store")
	all.start("store", func() error { return errNoDisk })
	all.wg.Wait() // @all-ready
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

func TestCloseWakesOne(t *testing.T) {
	t.Parallel()
	m := newMailbox(4)
	var readers sync.WaitGroup
	readers.Add(2)
	for i := 0; i < 2; i++ {
		go readAll(m, &readers) // @reads
	}
	awaitIdle(m, 2)
	m.close()
	readers.Wait() // @readers-wait
}

func TestSignalsTheWrongSide(t *testing.T) {
	t.Parallel()
	r := newRing[int]()
	r.push(1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.push(2)
	}()
	for !r.isWaitedFor() {
		runtime.Gosched()
	}
	r.pop()
	<-done // @push-done
}

type node struct {
	name string
	kept bool
}

// drain starts with all nodes counted, and passes over those that are kept.
func drain(nodes []node, names chan<- string) {
	var wg sync.WaitGroup
	for _, each := range nodes {
		wg.Add(1) // @drain-adds
		if each.kept {
			continue // @drain-skips
		}
		go func(n node) { // @drain-starts
			defer wg.Done() // @drain-done
			names <- n.name
		}(each) // @drain-ends
	}
	wg.Wait() // @drain-waits
}

func TestKeptNodeIsCounted(t *testing.T) {
	t.Parallel()
	drain([]node{{"a", false}, {"b", true}}, make(chan string, 2))
}
