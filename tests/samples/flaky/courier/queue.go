package courier

import "sync"

// Queue hands deliveries to one consumer in the order in which they were pushed.
type Queue struct {
	// OnIdle is called by the consumer when it finds the queue empty, before it waits: the
	// moment to flush what has been gathered.
	OnIdle func()

	mu     sync.Mutex
	items  []*Delivery
	closed bool
	wake   chan struct{}
}

// NewQueue returns an empty queue.
func NewQueue(onIdle func()) *Queue {
	return &Queue{OnIdle: onIdle, wake: make(chan struct{})}
}

// Push appends a delivery and wakes the consumer if it is waiting.
func (q *Queue) Push(d *Delivery) {
	q.mu.Lock()
	q.items = append(q.items, d)
	q.mu.Unlock()
	q.signal()
}

// Close lets the consumer finish once the queue is empty.
func (q *Queue) Close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.signal()
}

// Pop returns the next delivery and waits for one if there is none. It reports false once the
// queue is closed and empty.
func (q *Queue) Pop() (*Delivery, bool) {
	for {
		d, closed := q.take()
		if d != nil {
			return d, true
		}
		if closed {
			return nil, false
		}
		q.OnIdle()
		<-q.wake
	}
}

func (q *Queue) take() (*Delivery, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.items) == 0 {
		return nil, q.closed
	}
	d := q.items[0]
	q.items = q.items[1:]
	return d, false
}

func (q *Queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default: // the consumer is at work and will look again
	}
}
