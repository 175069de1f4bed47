// Package at_the_end has a TestMain that stands still, or not, when its tests are over.
package at_the_end

import (
	"flag"
	"os"
	"strings"
	"sync"
	"testing"
)

var (
	mu   sync.Mutex
	done = make(chan bool)
)

func finish() {
	done <- true
}

func TestMain(m *testing.M) {
	flag.Parse()
	asked := flag.Lookup("test.run").Value.String()
	code := m.Run()
	switch {
	case strings.Contains(asked, "Twice"):
		mu.Lock() // @locks
		mu.Lock() // @locks-again
	case strings.Contains(asked, "Never"):
		<-done // @waits
	default:
		go finish()
		mu.Lock()
		<-done
		mu.Unlock()
	}
	os.Exit(code)
}

func TestLocksTwice(t *testing.T) {}

func TestNeverFinishes(t *testing.T) {}

func TestFinishes(t *testing.T) {}
