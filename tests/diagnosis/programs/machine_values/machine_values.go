// Package machine_values holds tests that want what one machine has, and beside them tests that
// fail by something else.
package machine_values

import (
	"hash/fnv"
	"runtime"
)

type worker struct{ jobs chan func() }

type pool struct{ workers []*worker }

func newPool() *pool {
	p := &pool{}
	for i := 0; i < runtime.NumCPU(); i++ { // @workers
		p.workers = append(p.workers, &worker{make(chan func(), 1)})
	}
	return p
}

func poolOf(n int) *pool {
	p := &pool{}
	for i := 0; i < n; i++ {
		p.workers = append(p.workers, &worker{make(chan func(), 1)})
	}
	return p
}

type shards struct{ parts []map[string]int }

func newShards() *shards {
	n := 4 * runtime.GOMAXPROCS(0) // @shards
	s := &shards{parts: make([]map[string]int, n)}
	for i := range s.parts {
		s.parts[i] = map[string]int{}
	}
	return s
}

func (s *shards) of(key string) int {
	sum := fnv.New32a()
	sum.Write([]byte(key))
	return int(sum.Sum32() % uint32(len(s.parts)))
}

func (s *shards) put(key string) { s.parts[s.of(key)][key]++ }

func (s *shards) count() int {
	all := 0
	for _, part := range s.parts {
		all += len(part)
	}
	return all
}

func batch(rows int) int { return rows / (2 * runtime.NumCPU()) } // @batch

type config struct{ workers int }

func (c config) withDefaults() config {
	if c.workers == 0 {
		c.workers = runtime.NumCPU() // @default
	}
	return c
}

type server struct{ config config }

func newServer(c config) *server { return &server{config: c.withDefaults()} }

func (s *server) size() int { return s.config.workers }
