// Package heapseries writes a heap profile after each of eight rounds of work.
package heapseries

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"testing"
)

var (
	kept  [][]byte
	cache [][]byte
)

//go:noinline
func leak() {
	for i := 0; i < 6; i++ {
		kept = append(kept, make([]byte, 1<<20))
	}
}

//go:noinline
func hold(count int) {
	cache = nil
	for i := 0; i < count; i++ {
		cache = append(cache, make([]byte, 1<<20))
	}
}

func round(t *testing.T, number int) {
	runtime.GC()
	runtime.GC() // a profile is of the collection before the latest sweep
	file, err := os.Create(filepath.Join(os.Getenv("PROFILES"), fmt.Sprintf("heap%d.pprof", number)))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := pprof.Lookup("heap").WriteTo(file, 0); err != nil {
		t.Fatal(err)
	}
}

func TestLeaks(t *testing.T) {
	for number := 1; number <= 8; number++ {
		leak()
		hold(8 * (number % 3))
		round(t, number)
	}
}

func TestUpAndDown(t *testing.T) {
	for number := 1; number <= 8; number++ {
		hold(8 * (number % 3))
		round(t, number)
	}
}
