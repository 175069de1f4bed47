package fitters

import (
	"io"
	"sync"
	"testing"
	"time"
)

// finished gives what is closed when n parts are fitted.
func finished(n int) chan struct{} {
	var all sync.WaitGroup
	crew := Start(4, &all)
	for i := 0; i < n; i++ {
		crew.parts <- i
	}
	close(crew.parts)
	done := make(chan struct{})
	go func() {
		all.Wait() // @crew-waits
		close(done)
	}()
	return done
}

func TestCrewIsLate(t *testing.T) {
	done := finished(14)
	select {
	case <-done: // @crew-receives
	case <-time.After(200 * time.Millisecond):
		t.Fatal("the crew is not done") // @crew-fails
	}
}

func TestHalfOfTheCrewIsLate(t *testing.T) {
	var all, night sync.WaitGroup
	crew := Start(3, &all)
	for i := 0; i < 7; i++ {
		crew.parts <- i
	}
	close(crew.parts)
	over, home := make(chan struct{}), make(chan struct{})
	night.Add(1)
	go func() {
		all.Wait() // @day-waits
		night.Done()
		close(home)
	}()
	go func() {
		night.Wait() // @night-waits
		close(over)
	}()
	select {
	case <-over: // @night-receives
	case <-time.After(200 * time.Millisecond):
		t.Fatal("the night is not over") // @night-fails
	}
	<-home
}

// One of two may close it: nothing shows for which the test waited.
func TestEitherMayBeLate(t *testing.T) {
	first, second, done := make(chan bool), make(chan bool), make(chan bool)
	var once sync.Once
	for _, each := range []chan bool{first, second} {
		go func() {
			<-each
			once.Do(func() { close(done) })
		}()
	}
	go func() {
		time.Sleep(1200 * time.Millisecond)
		close(first)
		close(second)
	}()
	select {
	case <-done: // @either-receives
	case <-time.After(200 * time.Millisecond):
		t.Fatal("neither came") // @either-fails
	}
}

// What it reads from is a pipe of another package: the source does not show who writes.
func TestReaderIsLate(t *testing.T) {
	from, to := io.Pipe()
	var read sync.WaitGroup
	read.Add(1)
	go func() {
		defer read.Done()
		io.ReadAll(from) // @pipe-reads
	}()
	done := make(chan struct{})
	go func() {
		read.Wait() // @pipe-waits
		close(done)
	}()
	defer to.Close()
	select {
	case <-done: // @pipe-receives
	case <-time.After(200 * time.Millisecond):
		t.Fatal("nothing was read") // @pipe-fails
	}
}

func TestCrewIsInTime(t *testing.T) {
	done := finished(5)
	select {
	case <-done:
		t.Fatal("the crew should have had more to do")
	case <-time.After(20 * time.Second):
	}
}
