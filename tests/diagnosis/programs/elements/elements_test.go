// Package elements holds tests that wait for what is sent on another element of a map or a slice.
package elements

import (
	"sync"
	"testing"
)

type registry map[string]chan int

type post struct{ boxes registry }

func (p *post) send(name string, letter int) {
	if box, known := p.boxes[name]; known {
		box <- letter // @keeps
	}
}

func TestWaitsForANamedMap(t *testing.T) {
	t.Parallel()
	p := &post{boxes: registry{"a": make(chan int), "b": make(chan int, 1)}}
	p.send("b", 1)
	<-p.boxes["a"] // @named-map
}

type subscriber struct {
	name string
	news chan int
}

type subscribers map[string]*subscriber

type paper struct {
	mu  sync.Mutex
	all subscribers
}

func (p *paper) subscribe(name string) *subscriber {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := &subscriber{name: name, news: make(chan int, 1)}
	p.all[name] = s
	return s
}

func (p *paper) print(name string, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, known := p.all[name]; known {
		p.all[name].news <- n // @prints
	}
}

func TestWaitsForAnElementsField(t *testing.T) {
	t.Parallel()
	p := &paper{all: subscribers{}}
	a := p.subscribe("a")
	p.subscribe("b")
	p.print("b", 1)
	<-a.news // @element-field
}

type worker struct{ jobs chan int }

type pool struct{ workers []*worker }

func newPool(size int) *pool {
	p := &pool{}
	for range size {
		p.workers = append(p.workers, &worker{jobs: make(chan int, 1)})
	}
	return p
}

func (p *pool) first() *worker { return p.workers[0] }

func (p *pool) give(job int) {
	for at, w := range p.workers {
		if at > 0 {
			w.jobs <- job // @gives
		}
	}
}

func TestWaitsForTheFirstOfASlice(t *testing.T) {
	t.Parallel()
	p := newPool(2)
	p.give(1)
	<-p.first().jobs // @slice-field
}

type tree struct {
	children map[string]*tree
	done     chan bool
}

func (n *tree) child(name string) *tree {
	c := &tree{children: map[string]*tree{}, done: make(chan bool)}
	n.children[name] = c
	return c
}

func finish(n *tree, name string) { close(n.children[name].done) } // @finishes

func TestWaitsForAChild(t *testing.T) {
	t.Parallel()
	root := &tree{children: map[string]*tree{}}
	a := root.child("a")
	root.child("b")
	finish(root, "b")
	<-a.done // @child
}

type topics struct{ byName sync.Map }

func (s *topics) open(name string) chan int {
	made, _ := s.byName.LoadOrStore(name, make(chan int, 1))
	return made.(chan int)
}

func (s *topics) tell(name string, n int) {
	if found, known := s.byName.Load(name); known {
		found.(chan int) <- n
	}
}

func TestWaitsForATopic(t *testing.T) {
	t.Parallel()
	var s topics
	a := s.open("a")
	s.open("b")
	s.tell("b", 1)
	<-a // @topic
}

func TestWaitsForALocalMap(t *testing.T) {
	t.Parallel()
	answers := map[int]chan int{1: make(chan int), 2: make(chan int, 1)}
	for id, answer := range answers {
		if id == 2 {
			answer <- 1 // @answers-two
		}
	}
	first := answers[1]
	<-first // @local-map
}

type pair[T any] struct{ left, right chan T }

func (p pair[T]) both() []chan T { return []chan T{p.left, p.right} }

func TestWaitsForOneOfTwo(t *testing.T) {
	t.Parallel()
	p := pair[int]{make(chan int), make(chan int, 1)}
	p.both()[1] <- 1 // @right
	<-p.left         // @one-of-two
}

type link struct{ out chan int }

type chain struct{ links [2]link }

func (c *chain) feed(at, n int) { c.links[at].out <- n } // @feeds

func TestWaitsForALinkOfAnArray(t *testing.T) {
	t.Parallel()
	c := &chain{links: [2]link{{make(chan int)}, {make(chan int, 1)}}}
	c.feed(1, 1)
	first := &c.links[0]
	<-first.out // @array
}

type seat struct{ called chan bool }

type hall struct{ find func(name string) *seat }

func (h *hall) call(name string) { h.find(name).called <- true }

func TestWaitsForWhatAFunctionFinds(t *testing.T) {
	t.Parallel()
	a, b := &seat{called: make(chan bool)}, &seat{called: make(chan bool, 1)}
	h := &hall{find: func(name string) *seat { return map[string]*seat{"a": a, "b": b}[name] }}
	h.call("b")
	<-a.called // @found
}

// Nothing sends on it, whatever it is an element of.
func TestWaitsForAnElementThatNobodyHas(t *testing.T) {
	t.Parallel()
	mine := make(chan int)
	<-mine // @nobody
}
