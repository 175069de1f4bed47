// Package lost_cancels holds tests that pass and leave a goroutine waiting for a context which
// nobody can cancel, and beside them tests whose context somebody can.
package lost_cancels

import (
	"context"
	"testing"
	"time"
)

func TestDropsItsCancel(t *testing.T) {
	ctx, _ := context.WithCancel(context.Background()) // @dropped
	go func() {
		<-ctx.Done() // @dropped-waits
	}()
}

func wait(ctx context.Context, done chan<- bool) {
	<-ctx.Done() // @wait-waits
	done <- true
}

func watch() {
	ctx, cancel := context.WithCancel(context.TODO()) // @assigned
	_ = cancel
	go wait(ctx, make(chan bool, 1))
}

func TestForgetsItsCancel(t *testing.T) { watch() }

type server struct{ stopped chan bool }

func (s *server) run(ctx context.Context) {
	<-ctx.Done() // @server-waits
	close(s.stopped)
}

func TestServerIsNeverStopped(t *testing.T) {
	s := &server{stopped: make(chan bool)}
	ctx, stop := context.WithCancelCause(context.Background()) // @server
	_ = stop
	go s.run(ctx)
}

type poller struct {
	ctx  context.Context
	stop context.CancelFunc
	over chan bool
}

func newPoller() *poller {
	ctx, stop := context.WithCancel(context.Background()) // @poller
	return &poller{ctx: ctx, stop: stop, over: make(chan bool)}
}

func (p *poller) run() {
	<-p.ctx.Done() // @poller-waits
	close(p.over)
}

// Its cancel is kept in a field that nobody ever calls.
func TestPollerIsNeverStopped(t *testing.T) {
	p := newPoller()
	go p.run()
}

type watcher struct {
	life context.Context
	halt context.CancelFunc
}

func (w *watcher) start() {
	w.life, w.halt = context.WithCancel(context.Background()) // @watcher
	go func() {
		<-w.life.Done() // @watcher-waits
	}()
}

func TestWatcherIsNeverHalted(t *testing.T) { (&watcher{}).start() }

type feed struct {
	within context.Context
	finish context.CancelFunc
}

func (f *feed) start() {
	f.within, f.finish = context.WithCancel(context.Background())
	go func() { <-f.within.Done() }()
}

// Close ends the feed; this test only forgets to call it.
func (f *feed) Close() { f.finish() }

func TestFeedIsNotClosed(t *testing.T) { (&feed{}).start() }

// follow is given a context, and waits for one of its own.
func follow(ctx context.Context) error {
	own, cancel := context.WithCancel(context.Background()) // @follow
	defer cancel()
	<-own.Done() // @follow-waits
	return ctx.Err()
}

func TestFollowsItsOwn(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go follow(ctx)
}

func TestWatchesItsOwn(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func(_ context.Context) {
		within, end := context.WithCancel(context.TODO()) // @watches
		defer end()
		<-within.Done() // @watches-waits
	}(ctx)
}

type lease struct{ kept chan bool }

func (l *lease) hold(parent context.Context) {
	term, release := context.WithCancelCause(context.Background()) // @term
	defer release(parent.Err())
	<-term.Done() // @term-waits
	close(l.kept)
}

func TestHoldsItsLease(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go (&lease{kept: make(chan bool)}).hold(ctx)
}

// derive waits for a context of its own that is cancelled with the one that it is given.
func derive(ctx context.Context) {
	own, cancel := context.WithCancel(ctx)
	defer cancel()
	<-own.Done()
}

func TestDerives(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go derive(ctx)
}

// handOver has somebody else cancel what it waits for, if later.
func handOver(later func(func())) {
	own, cancel := context.WithCancel(context.Background())
	defer cancel()
	later(cancel)
	<-own.Done()
}

func TestHandsOver(t *testing.T) {
	go handOver(func(cancel func()) { kept = append(kept, cancel) })
}

// It cancels when it is over.
func TestDefersItsCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() { <-ctx.Done() }()
}

var kept []context.CancelFunc

// Somebody keeps the cancel, and may call it later.
func TestKeepsItsCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	kept = append(kept, cancel)
	go func() { <-ctx.Done() }()
}

// Its context ends by itself.
func TestHasADeadline(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	_ = cancel
	go func() { <-ctx.Done() }()
}

func TestLast(t *testing.T) { time.Sleep(150 * time.Millisecond) }
