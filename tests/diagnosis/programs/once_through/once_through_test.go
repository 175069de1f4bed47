// Package once_through holds tests whose Once is called by what it runs, through another type, and
// beside each one that needs the Once of another value, whose function is asleep.
package once_through

import (
	"sync"
	"testing"
	"time"
)

type tokens interface{ token() string }

// clients make their address once, with a token that may be got from that address.
type clients struct {
	once sync.Once
	auth tokens
	url  string
}

func (c *clients) address() string {
	c.once.Do(c.make) // @clients-do
	return c.url
}

func (c *clients) make() { c.url = "api?" + c.auth.token() }

type refresher struct{ of *clients }

func (r *refresher) token() string { return r.of.address() + "!" }

type sleeper struct{}

func (sleeper) token() string {
	time.Sleep(time.Minute)
	return ""
}

func TestRefreshesThroughItself(t *testing.T) {
	t.Parallel()
	c := &clients{}
	c.auth = &refresher{c}
	c.address()
}

func TestRefreshesThroughAnother(t *testing.T) {
	t.Parallel()
	slow := &clients{auth: sleeper{}}
	go slow.address()
	time.Sleep(20 * time.Millisecond)
	c := &clients{auth: &refresher{slow}}
	c.address()
}

// plugins load once, each by a function of its own.
type plugins struct {
	loaded sync.Once
	load   []func(*plugins) int
	sum    int
}

func (p *plugins) total() int {
	p.loaded.Do(func() { // @plugins-do
		for _, load := range p.load {
			p.sum += load(p)
		}
	})
	return p.sum
}

func ofAll(p *plugins) int { return p.total() }

func late(*plugins) int {
	time.Sleep(time.Minute)
	return 1
}

func TestLoadsOfAll(t *testing.T) {
	t.Parallel()
	p := &plugins{load: []func(*plugins) int{ofAll}}
	p.total()
}

func TestLoadsLate(t *testing.T) {
	t.Parallel()
	p := &plugins{load: []func(*plugins) int{late}}
	p.total()
}

// node configures itself once, after its parent.
type node struct {
	parent     *node
	configured sync.Once
	pause      time.Duration
	depth      int
}

func (n *node) configure() int {
	n.configured.Do(func() { // @node-do
		time.Sleep(n.pause)
		if n.parent != nil {
			n.depth = n.parent.configure() + 1
		}
	})
	return n.depth
}

func TestIsItsOwnParent(t *testing.T) {
	t.Parallel()
	n := &node{}
	n.parent = n
	n.configure()
}

func TestHasASlowParent(t *testing.T) {
	t.Parallel()
	parent := &node{pause: time.Minute}
	go parent.configure()
	time.Sleep(20 * time.Millisecond)
	n := &node{parent: parent}
	n.configure()
}
