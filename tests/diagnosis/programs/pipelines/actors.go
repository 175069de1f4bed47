package pipelines

import (
	"errors"
	"sync"
	"time"
)

type call struct {
	key   string
	reply chan int
}

// counter is an actor: one goroutine owns the map.
type counter struct {
	calls chan call
	cost  time.Duration
}

func startCounter(cost time.Duration) *counter {
	c := &counter{calls: make(chan call), cost: cost}
	go c.loop()
	return c
}

func (c *counter) loop() {
	counts := map[string]int{}
	for asked := range c.calls { // @counter-loop
		if asked.key == "" {
			continue // @counter-skips
		}
		time.Sleep(c.cost)
		counts[asked.key]++
		asked.reply <- counts[asked.key] // @counter-answers
	}
}

func (c *counter) add(key string) int {
	asked := call{key, make(chan int)}
	c.calls <- asked
	return <-asked.reply // @counter-asks
}

type flight struct {
	done chan struct{}
	val  string
}

// loader lets one of those who ask for a key load it; the others wait.
type loader struct {
	mu      sync.Mutex
	flights map[string]*flight
	fetch   func(key string) (string, error)
}

func (l *loader) load(key string) (string, error) {
	l.mu.Lock()
	if f, ok := l.flights[key]; ok {
		l.mu.Unlock()
		<-f.done // @flight-waits
		return f.val, nil
	}
	f := &flight{done: make(chan struct{})} // @flight-made
	l.flights[key] = f
	l.mu.Unlock()
	val, err := l.fetch(key)
	if err != nil {
		return "", err // @flight-fails
	}
	f.val = val
	close(f.done) // @flight-lands
	return val, nil
}

// table starts components, each of which waits for the one that it needs.
type table struct {
	mu    sync.Mutex
	ready map[string]chan struct{}
	wg    sync.WaitGroup
}

var errNoDisk = errors.New("no disk")

func (t *table) signal(name string) chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, ok := t.ready[name]
	if !ok {
		c = make(chan struct{}) // @signal-made
		t.ready[name] = c
	}
	return c
}

func (t *table) start(name string, begin func() error, needs ...string) {
	t.wg.Add(1)
	go t.run(name, begin, needs) // @runs
}

func (t *table) run(name string, begin func() error, needs []string) {
	defer t.wg.Done()
	for _, each := range needs {
		<-t.signal(each) // @needs
	}
	if begin() != nil {
		return // @begin-fails
	}
	close(t.signal(name)) // @is-ready
}
