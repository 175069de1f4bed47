// Package relay hands notes to a goroutine that counts them, under the lock of who hands over or not.
package relay

import (
	"sync"
	"testing"
	"time"
)

const rounds = 8

var (
	mu    sync.Mutex
	tally sync.Mutex
	sent  int
	seen  int
)

// post hands over while it holds mu.
func post(notes chan<- int) {
	mu.Lock()
	defer mu.Unlock()
	sent++
	notes <- sent
}

func take(notes <-chan int) {
	time.Sleep(3 * time.Millisecond)
	<-notes
}

func note() {
	mu.Lock()
	seen++
	mu.Unlock()
}

func noteApart() {
	tally.Lock()
	seen++
	tally.Unlock()
}

// whileHeld has the other side go on, which comes to the lock while it is held.
func whileHeld(lock *sync.Mutex, goes chan<- bool, done <-chan bool) {
	lock.Lock()
	goes <- true
	time.Sleep(3 * time.Millisecond)
	lock.Unlock()
	<-done
}

// TestNotesUnderTheSameLock goes well each time, since it is never at both places at once.
func TestNotesUnderTheSameLock(t *testing.T) {
	notes, goes, done := make(chan int), make(chan bool, 1), make(chan bool, 1)
	go func() {
		for range [rounds]int{} {
			take(notes)
			<-goes
			note()
			done <- true
		}
	}()
	for range [rounds]int{} {
		post(notes)
		whileHeld(&mu, goes, done)
	}
}

// TestNotesUnderAnotherLock cannot hang: who counts never needs mu.
func TestNotesUnderAnotherLock(t *testing.T) {
	notes, goes, done := make(chan int), make(chan bool, 1), make(chan bool, 1)
	go func() {
		for range [rounds]int{} {
			take(notes)
			<-goes
			noteApart()
			done <- true
		}
	}()
	for range [rounds]int{} {
		post(notes)
		whileHeld(&tally, goes, done)
	}
}

// TestNotesBeforeAll cannot hang either: who counts is done with mu before anything is handed over.
func TestNotesBeforeAll(t *testing.T) {
	notes, goes, done := make(chan int), make(chan bool, 1), make(chan bool, 1)
	go func() {
		<-goes
		note()
		done <- true
		for range [rounds]int{} {
			take(notes)
		}
	}()
	whileHeld(&mu, goes, done)
	for range [rounds]int{} {
		post(notes)
	}
}
