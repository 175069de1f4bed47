package twice

import (
	"sync"
	"testing"
)

type stream struct{ done chan struct{} }

func (s *stream) stop() { close(s.done) }

func TestStopFromBoth(t *testing.T) {
	s := &stream{done: make(chan struct{})}
	var wg sync.WaitGroup
	for i := 0; i < 2; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			s.stop()
		}()
	}
	wg.Wait()
}
