// Package chains has tests whose goroutines wait for one another in known ways.
package chains

import (
	"net"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

var sink int

func spin(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); {
		sink++
	}
}

// TestRelay waits for second, which waits for third, which waits for a timer.
func TestRelay(t *testing.T) {
	middle, done := make(chan int), make(chan int)
	go second(middle, done)
	go third(middle)
	<-done
}

func second(middle, done chan int) {
	done <- <-middle
}

func third(middle chan int) {
	time.Sleep(30 * time.Millisecond)
	middle <- 1
}

// TestBusy waits for a goroutine that works all the while.
func TestBusy(t *testing.T) {
	done := make(chan int)
	go busy(done)
	<-done
}

func busy(done chan int) {
	spin(30 * time.Millisecond)
	done <- 1
}

// TestCollect stops the world while another goroutine works.
func TestCollect(t *testing.T) {
	var over atomic.Bool
	done := make(chan int)
	go busyUntil(&over, done)
	for i := 0; i < 5; i++ {
		time.Sleep(time.Millisecond)
		runtime.GC()
	}
	over.Store(true)
	<-done
}

func busyUntil(over *atomic.Bool, done chan int) {
	for !over.Load() {
		sink++
	}
	done <- 1
}

// TestNetwork waits for bytes from the other end of a connection.
func TestNetwork(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go speak(listener)
	end, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	hear(t, end)
}

func speak(listener net.Listener) {
	end, err := listener.Accept()
	if err == nil {
		time.Sleep(30 * time.Millisecond)
		end.Write([]byte("x"))
	}
}

func hear(t *testing.T, end net.Conn) {
	if _, err := end.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
}

// TestStuck leaves a goroutine that waits for ever.
func TestStuck(t *testing.T) {
	go stuck(make(chan int))
	time.Sleep(30 * time.Millisecond)
}

func stuck(never chan int) {
	<-never
}
