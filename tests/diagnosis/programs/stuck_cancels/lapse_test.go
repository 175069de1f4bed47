// Package stuck_cancels holds tests that wait for who waits for a context that nobody can cancel,
// and beside each one whose context ends, late.
package stuck_cancels

import (
	"context"
	"testing"
	"time"
)

// keeper renews a lease until its context is over, and drops the cancel of that.
type keeper struct{ done chan struct{} }

func keep(parent context.Context) *keeper {
	k := &keeper{make(chan struct{})}
	ctx, _ := context.WithCancel(parent) // @keeper-made
	go k.loop(ctx)
	return k
}

func (k *keeper) loop(ctx context.Context) {
	defer close(k.done)
	<-ctx.Done() // @keeper-waits
}

func (k *keeper) stop() { <-k.done }

func TestKeeperIsStopped(t *testing.T) {
	t.Parallel()
	keep(context.Background()).stop()
}

// guard is like it, and given a context that ends.
type guard struct{ done chan struct{} }

func watch(parent context.Context) *guard {
	g := &guard{make(chan struct{})}
	ctx, _ := context.WithCancel(parent)
	go g.loop(ctx)
	return g
}

func (g *guard) loop(ctx context.Context) {
	defer close(g.done)
	<-ctx.Done()
}

func (g *guard) stop() { <-g.done }

func TestGuardIsStoppedLate(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	watch(ctx).stop()
}

// server has its context in a field, and nobody calls what would cancel it.
type server struct {
	ctx    context.Context
	cancel context.CancelFunc
	over   chan struct{}
}

func serve() *server {
	s := &server{over: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(context.Background()) // @server-made
	go s.run()
	return s
}

func (s *server) run() {
	<-s.ctx.Done() // @server-waits
	close(s.over)
}

func (s *server) shutDown() { <-s.over }

func TestServerIsShutDown(t *testing.T) {
	t.Parallel()
	serve().shutDown()
}

// node calls its cancel before it waits, a minute late.
type node struct {
	ctx  context.Context
	halt context.CancelFunc
	gone chan struct{}
}

func begin() *node {
	n := &node{gone: make(chan struct{})}
	n.ctx, n.halt = context.WithCancel(context.Background())
	go n.run()
	return n
}

func (n *node) run() {
	<-n.ctx.Done()
	close(n.gone)
}

func (n *node) stop() {
	time.AfterFunc(time.Minute, n.halt)
	<-n.gone
}

func TestNodeIsStoppedLate(t *testing.T) {
	t.Parallel()
	begin().stop()
}

// term cancels its context when it returns, and returns when that is cancelled.
func term(ended chan struct{}) {
	ctx, cancel := context.WithCancel(context.Background()) // @term-made
	defer cancel()
	<-ctx.Done() // @term-waits
	ended <- struct{}{}
}

func TestTermEnds(t *testing.T) {
	t.Parallel()
	ended := make(chan struct{})
	go term(ended)
	<-ended
}

func timed(ended chan struct{}) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	<-ctx.Done()
	ended <- struct{}{}
}

func TestTimedTermEnds(t *testing.T) {
	t.Parallel()
	ended := make(chan struct{})
	go timed(ended)
	<-ended
}
