package panics

import (
	"log"
	"net"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"
)

func TestNilMap(t *testing.T) {
	var x Index
	x.Count("a")
}

func TestIndex(t *testing.T) {
	x := Index{names: []string{"a"}}
	x.Name(3)
}

func TestPortOfNone(t *testing.T) { Port("localhost") }

func TestPortOfOne(t *testing.T) { Port("localhost:80") }

func TestLastOfNone(t *testing.T) { Last(nil) }

func TestNilPointer(t *testing.T) {
	var x Index
	x.Follow()
}

func TestStopsTwice(t *testing.T) {
	r := &Results{out: make(chan int)}
	r.Stop()
	r.Stop()
}

func TestStopsOnce(t *testing.T) {
	g := &Gate{open: make(chan struct{})}
	g.Open()
	g.Open()
}

func TestShutsBySomeone(t *testing.T) {
	d := &Door{shut: make(chan struct{})}
	d.Slam()
	d.Shut()
}

func TestSendsLate(t *testing.T) {
	r := &Results{out: make(chan int)}
	stopped := make(chan bool)
	go func() { // @late-starts
		<-stopped
		r.Send(1)
	}()
	r.Stop()
	close(stopped)
	time.Sleep(time.Second)
}

func TestCountsBelowZero(t *testing.T) {
	var done sync.WaitGroup
	Begin(&done)
	Finish(&done)
	Finish(&done)
}

func TestOwnPanic(t *testing.T) {
	panic("no route") // @own-panic
}

func TestLogsLate(t *testing.T) {
	go func() { // @logs-starts
		time.Sleep(20 * time.Millisecond)
		t.Error("late") // @logs
	}()
}

func TestWaitsForItsLog(t *testing.T) {
	done := make(chan bool)
	go func() {
		time.Sleep(20 * time.Millisecond)
		t.Log("done")
		close(done)
	}()
	<-done
}

func TestWaits(t *testing.T) { time.Sleep(200 * time.Millisecond) }

func TestWritesMap(t *testing.T) {
	words := map[int]int{}
	for i := 0; i < 4; i++ {
		go func() {
			for n := 0; ; n++ {
				words[n%16]++ // @writes-map
			}
		}()
	}
	time.Sleep(10 * time.Second)
}

func TestKilled(t *testing.T) {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	time.Sleep(time.Second)
}

func TestPortInUse(t *testing.T) {
	first, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Skip(err)
	}
	defer first.Close()
	if _, err := net.Listen("tcp", first.Addr().String()); err != nil {
		t.Fatal(err) // @port
	}
}

func TestNoFile(t *testing.T) {
	if _, err := os.ReadFile("testdata/absent.json"); err != nil {
		t.Fatalf("reading settings: %v", err) // @no-file
	}
}

func TestWantsAnError(t *testing.T) {
	t.Error("got nil, want open testdata/absent.json: no such file or directory")
}

func TestGivesUpByLog(t *testing.T) {
	log.Fatal("no route") // @gives-up
}
