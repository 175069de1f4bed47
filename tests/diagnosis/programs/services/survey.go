package services

import "sync"

// station is read when its trigger comes, and triggers the next one.
type station struct {
	name    string
	trigger <-chan struct{}
	next    chan<- struct{}
	value   int
}

func (s *station) read() int {
	<-s.trigger
	if s.next != nil {
		close(s.next)
	}
	return s.value
}

// survey reads its stations side by side, and waits within the loop that starts them.
type survey struct {
	stations []*station
	mu       sync.Mutex
	readings map[string]int
}

func (s *survey) run() map[string]int {
	var pending sync.WaitGroup
	pending.Add(len(s.stations))      // @survey-add
	for _, each := range s.stations { // @survey-loop
		go func() { // @survey-go
			defer pending.Done() // @survey-done
			value := each.read()
			s.mu.Lock()
			defer s.mu.Unlock()
			s.readings[each.name] = value
		}() // @survey-end
		pending.Wait() // @survey-wait
	}
	return s.readings
}

// census waits behind the loop; one of its stations is slow.
type census struct {
	stations []*station
	mu       sync.Mutex
	readings map[string]int
}

func (c *census) run(read func(*station) int) map[string]int {
	var pending sync.WaitGroup
	pending.Add(len(c.stations))
	for _, each := range c.stations {
		go func() {
			defer pending.Done()
			value := read(each)
			c.mu.Lock()
			defer c.mu.Unlock()
			c.readings[each.name] = value
		}()
	}
	pending.Wait()
	return c.readings
}
