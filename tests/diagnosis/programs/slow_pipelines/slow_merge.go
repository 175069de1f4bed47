// Package slow_pipelines holds the services of pipelines, all of which go on, if late.
package slow_pipelines

import (
	"sync"
	"time"
)

// merge sends what comes from all inputs on one channel.
func merge(ins ...<-chan string) <-chan string {
	out := make(chan string)
	var wg sync.WaitGroup
	wg.Add(len(ins))
	for _, in := range ins {
		in := in
		go func() {
			defer wg.Done()
			for s := range in {
				out <- s
			}
		}()
	}
	go func() {
		wg.Wait()
		close(out)
	}()
	return out
}

func lines(last bool, all ...string) <-chan string {
	c := make(chan string, len(all))
	for _, s := range all {
		c <- s
	}
	if last {
		close(c)
	}
	return c
}

func slowLines() <-chan string {
	c := make(chan string)
	go func() {
		defer close(c)
		time.Sleep(time.Minute)
	}()
	return c
}

type message struct{ body string }

// bus hands each message to all who joined.
type bus struct {
	mu   sync.Mutex
	subs map[string][]chan message
	left sync.WaitGroup
}

func (b *bus) join(topic string, heard chan<- message) chan message {
	c := make(chan message, 4)
	b.mu.Lock()
	b.subs[topic] = append(b.subs[topic], c)
	b.mu.Unlock()
	b.left.Add(1)
	go b.deliver(c, heard)
	return c
}

func (b *bus) deliver(c <-chan message, heard chan<- message) {
	defer b.left.Done()
	for m := range c {
		heard <- m
	}
}

func (b *bus) publish(topic string, m message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.subs[topic] {
		c <- m
	}
}

// drop forgets a topic.
func (b *bus) drop(topic string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.subs, topic)
}
