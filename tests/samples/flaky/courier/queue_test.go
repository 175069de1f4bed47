package courier

import (
	"math/rand/v2"
	"testing"
	"time"
)

func TestQueueDeliversInOrder(t *testing.T) {
	t.Parallel()
	log := logger()
	var batch []*Delivery
	q := NewQueue(func() {
		if len(batch) > 0 {
			log.Info("flush", "deliveries", len(batch), "last", batch[len(batch)-1].ID)
			time.Sleep(time.Millisecond) // the batch goes over the wire
			batch = nil
		}
	})
	popped := make(chan *Delivery)
	go func() {
		defer close(popped)
		for {
			d, ok := q.Pop()
			if !ok {
				return
			}
			batch = append(batch, d)
			popped <- d
		}
	}()
	for i := range 24 {
		time.Sleep(rand.N(4 * time.Millisecond))
		want := NewDelivery("initech", i)
		q.Push(want)
		if got := <-popped; got != want {
			t.Fatalf("popped %s, want %s", got.ID, want.ID)
		}
	}
	q.Close()
}
