package signal

import (
	"sync"
	"testing"
	"time"
)

type queue struct {
	mu    sync.Mutex
	cond  *sync.Cond
	items []int
}

func (q *queue) put(v int) {
	q.mu.Lock()
	q.items = append(q.items, v)
	q.mu.Unlock()
	q.cond.Signal()
}

func (q *queue) take() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.cond.Wait()
	v := q.items[0]
	q.items = q.items[1:]
	return v
}

func TestTakeAfterPut(t *testing.T) {
	q := &queue{}
	q.cond = sync.NewCond(&q.mu)
	go q.put(7)
	time.Sleep(20 * time.Millisecond)
	if got := q.take(); got != 7 {
		t.Fatalf("got %d", got)
	}
}
