package lock_held

import (
	"sync"
	"testing"
	"time"
)

// A board hands what is posted to every feed, under its lock.
type board struct {
	mu    sync.Mutex
	feeds map[*feed]bool
}

type feed struct {
	on    *board
	notes chan string
}

func newFeed(room int) (*board, *feed) {
	b := &board{feeds: map[*feed]bool{}}
	f := &feed{b, make(chan string, room)}
	b.feeds[f] = true
	return b, f
}

func (b *board) post(note string) {
	b.mu.Lock() // @post-hold
	defer b.mu.Unlock()
	for f := range b.feeds {
		f.notes <- note // @post-send
	}
}

func (f *feed) leave() {
	f.on.mu.Lock() // @leave-wait
	defer f.on.mu.Unlock()
	delete(f.on.feeds, f)
}

func (f *feed) readUntil(last string, after time.Duration) {
	defer f.leave()
	for note := range f.notes {
		if note == last {
			time.Sleep(after)
			return
		}
	}
}

func TestReaderLeavesFeed(t *testing.T) {
	t.Parallel()
	b, f := newFeed(0)
	go f.readUntil("a", 100*time.Millisecond)
	b.post("a")
	b.post("b")
}

func (f *feed) readOne(after time.Duration) {
	<-f.notes
	time.Sleep(after)
	f.on.mu.Lock() // @one-wait
	delete(f.on.feeds, f)
	f.on.mu.Unlock()
}

func TestReaderTakesOne(t *testing.T) {
	t.Parallel()
	b, f := newFeed(0)
	go f.readOne(100 * time.Millisecond)
	b.post("a")
	b.post("b")
}

// Its reader has not left: it takes its time for each.
func TestReaderIsSlow(t *testing.T) {
	t.Parallel()
	b, f := newFeed(0)
	go func() {
		defer f.leave()
		for range f.notes {
			time.Sleep(time.Minute)
		}
	}()
	b.post("a")
	b.post("b")
}
