// Package addresses touches memory that is not there, and some that is.
package addresses

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"unsafe"
)

const size = 1 << 16

var kept []byte

// mapped gives the memory of a file.
func mapped(t *testing.T) (string, []byte) {
	name := filepath.Join(t.TempDir(), "mapped")
	if err := os.WriteFile(name, make([]byte, size), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	memory, err := syscall.Mmap(int(file.Fd()), 0, size, syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	return name, memory
}

//go:noinline
func last(memory []byte) byte {
	return memory[len(memory)-1] // @reads
}

func TestReadsUnmapped(t *testing.T) {
	_, memory := mapped(t)
	// A hole of one page: what the runtime maps meanwhile, the trace's buffers, has no room there.
	page := os.Getpagesize()
	hole := memory[page : 2*page]
	_, _, failed := syscall.Syscall(
		syscall.SYS_MUNMAP, uintptr(unsafe.Pointer(&hole[0])), uintptr(page), 0)
	if failed != 0 {
		t.Fatal(failed)
	}
	last(hole)
}

func TestReadsBehindTheEnd(t *testing.T) {
	name, memory := mapped(t)
	if err := os.Truncate(name, 0); err != nil {
		t.Fatal(err)
	}
	last(memory)
}

func TestWritesWhatIsReadOnly(t *testing.T) {
	_, memory := mapped(t)
	memory[0] = 1 // @writes
}

type header struct{ words [4]uint64 }

//go:noinline
func first(memory []byte) uint64 {
	return (*header)(unsafe.Pointer(&memory[0])).words[0] // @converts
}

func TestConvertsTooLittle(t *testing.T) {
	kept = make([]byte, 24)
	first(kept[8:])
}

// What follows is sound.

func TestReadsMapped(t *testing.T) {
	_, memory := mapped(t)
	last(memory)
	if err := syscall.Munmap(memory); err != nil {
		t.Fatal(err)
	}
}

func TestConvertsEnough(t *testing.T) {
	kept = make([]byte, 32)
	first(kept)
}
