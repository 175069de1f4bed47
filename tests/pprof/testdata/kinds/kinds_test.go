// Package kinds writes the profiles of package runtime/pprof that go test has no flag for.
package kinds

import (
	"os"
	"path/filepath"
	"runtime/pprof"
	"sync"
	"testing"
	"time"
)

var kept [][]byte

func wait(gate <-chan struct{}, ready *sync.WaitGroup) {
	ready.Done()
	<-gate
}

func sleepy(gate <-chan struct{}, ready *sync.WaitGroup) {
	ready.Done()
	select {
	case <-gate:
	case <-time.After(time.Hour):
	}
}

func leaked(ready *sync.WaitGroup) {
	never := make(chan struct{})
	ready.Done()
	<-never
}

func nested(depth int, gate <-chan struct{}, ready *sync.WaitGroup) {
	if depth > 0 {
		nested(depth-1, gate, ready)
		return
	}
	wait(gate, ready)
}

func TestKinds(t *testing.T) {
	gate := make(chan struct{})
	var ready sync.WaitGroup
	ready.Add(31)
	for i := 0; i < 10; i++ {
		go wait(gate, &ready)
		go sleepy(gate, &ready)
		go nested(i, gate, &ready)
	}
	go leaked(&ready)
	ready.Wait()
	for i := 0; i < 64; i++ {
		kept = append(kept, make([]byte, 64<<10))
	}
	for _, each := range pprof.Profiles() {
		file, err := os.Create(filepath.Join(os.Getenv("PROFILES"), each.Name()+".pprof"))
		if err != nil {
			t.Fatal(err)
		}
		if err := each.WriteTo(file, 0); err != nil {
			t.Error(err)
		}
		file.Close()
	}
	close(gate)
}
