package left_stuck

import "testing"

// A topic hands what is published to all who subscribed, which may publish it in turn.
type topic struct{ subscribers []*subscriber }

type subscriber struct {
	of     *topic
	events chan int
	handle func(int)
}

func (t *topic) publish(n int) {
	for _, each := range t.subscribers {
		each.events <- n
	}
}

func (t *topic) subscribe(handle func(int)) {
	s := &subscriber{t, make(chan int), handle}
	t.subscribers = append(t.subscribers, s)
	go s.run() // @topic-starts
}

func (s *subscriber) run() {
	for n := range s.events { // @topic-range
		s.handle(n)
	}
}

// Nobody publishes, and each of both may by what it is given.
func TestSubscribesTwice(t *testing.T) {
	var of topic
	of.subscribe(of.publish)
	of.subscribe(of.publish)
}
