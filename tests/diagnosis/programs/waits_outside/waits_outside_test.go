// Package waits_outside holds tests that wait for what is outside of the program, and beside them
// tests that wait for what is inside of it.
package waits_outside

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

func TestChildProcess(t *testing.T) {
	t.Parallel()
	_ = exec.Command("sleep", "5").Run() // @child
}

func TestListens(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Skip(err)
	}
	_, _ = listener.Accept() // @accept
}

func TestReadsFromPeer(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Skip(err)
	}
	defer listener.Close() // the collector closes one that nobody has
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Skip(err)
	}
	_, _ = bufio.NewReader(conn).ReadString('\n') // @read
}

func TestReadsFromPipe(t *testing.T) {
	t.Parallel()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Skip(err)
	}
	defer writer.Close()
	_, _ = reader.Read(make([]byte, 1)) // @pipe
}

func TestSleeps(t *testing.T) {
	t.Parallel()
	time.Sleep(time.Minute) // @sleep
}

// The accept loop is a goroutine of the test, which hangs at a lock.
func TestServerBesideALock(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Skip(err)
	}
	go func() {
		for {
			if _, err := listener.Accept(); err != nil { // @accept-loop
				return
			}
		}
	}()
	var mu sync.Mutex
	mu.Lock() // @outside-first
	mu.Lock() // @outside-lock
}

func TestInMemoryPipe(t *testing.T) {
	t.Parallel()
	one, _ := net.Pipe()
	_, _ = one.Read(make([]byte, 1)) // @memory
}

func TestWaitsForItself(t *testing.T) {
	t.Parallel()
	done := make(chan struct{})
	<-done // @itself
}
