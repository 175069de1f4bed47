package slow_pipelines

import (
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
	for asked := range c.calls {
		if asked.key == "" {
			continue
		}
		time.Sleep(c.cost)
		counts[asked.key]++
		asked.reply <- counts[asked.key]
	}
}

func (c *counter) add(key string) int {
	asked := call{key, make(chan int)}
	c.calls <- asked
	return <-asked.reply
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
		<-f.done
		return f.val, nil
	}
	f := &flight{done: make(chan struct{})}
	l.flights[key] = f
	l.mu.Unlock()
	val, err := l.fetch(key)
	if err != nil {
		return "", err
	}
	f.val = val
	close(f.done)
	return val, nil
}

// table starts components, each of which waits for the one that it needs.
type table struct {
	mu    sync.Mutex
	ready map[string]chan struct{}
	wg    sync.WaitGroup
}

func (t *table) signal(name string) chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, ok := t.ready[name]
	if !ok {
		c = make(chan struct{})
		t.ready[name] = c
	}
	return c
}

func (t *table) start(name string, begin func() error, needs ...string) {
	t.wg.Add(1)
	go t.run(name, begin, needs)
}

func (t *table) run(name string, begin func() error, needs []string) {
	defer t.wg.Done()
	for _, each := range needs {
		<-t.signal(each)
	}
	if begin() != nil {
		return
	}
	close(t.signal(name))
}
