// Package crashes dies in one way per test: run one at a time with -run.
package crashes

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"syscall"
	"testing"
	"time"
)

func TestPanicInGoroutine(t *testing.T) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		panic("boom in a goroutine")
	}()
	<-done
	time.Sleep(time.Second)
}

func TestPanicInTest(t *testing.T) {
	var m map[string]int
	m["x"] = 1
}

func TestNestedPanic(t *testing.T) {
	defer func() {
		panic(errors.New("while cleaning up"))
	}()
	panic("first")
}

func TestRepanic(t *testing.T) {
	done := make(chan struct{})
	go func() {
		defer func() { panic(recover()) }()
		panic(fmt.Sprintf("line one\nline two"))
	}()
	<-done
}

func TestNilDereference(t *testing.T) {
	var p *int
	go func() { *p = 1 }()
	time.Sleep(time.Second)
}

func TestHangs(t *testing.T) {
	t.Run("inner", func(t *testing.T) {
		var mu sync.Mutex
		mu.Lock()
		go func() {
			runtime.LockOSThread()
			select {}
		}()
		mu.Lock()
	})
}

func TestExits(t *testing.T) {
	fmt.Println("before the exit")
	os.Exit(3)
}

func TestConcurrentMapWrites(t *testing.T) {
	m := map[int]int{}
	for i := 0; i < 4; i++ {
		go func() {
			for i := 0; ; i++ {
				m[i%8] = i
			}
		}()
	}
	time.Sleep(5 * time.Second)
}

func TestEverybodySleeps(t *testing.T) {
	<-make(chan int)
}

func recurse(n int) int { return recurse(n+1) + 1 }

func TestStackOverflow(t *testing.T) {
	debug.SetMaxStack(1 << 20)
	recurse(0)
}

func TestQuitSignal(t *testing.T) {
	time.AfterFunc(50*time.Millisecond, func() { syscall.Kill(os.Getpid(), syscall.SIGQUIT) })
	time.Sleep(5 * time.Second)
}

type opaque struct{ n int }

func TestPanicWithStruct(t *testing.T) {
	go func() { panic(opaque{7}) }()
	time.Sleep(time.Second)
}

func TestPanicAfterPartialLine(t *testing.T) {
	fmt.Print("progress: 50%")
	go func() { panic("value with a\n\nblank line") }()
	time.Sleep(time.Second)
}

func TestTellsOfARecoveredPanic(t *testing.T) {
	defer func() {
		fmt.Printf("panic: %v\n\n%s", recover(), debug.Stack())
	}()
	panic("caught")
}

func TestManyGoroutines(t *testing.T) {
	debug.SetTraceback("all")
	block := make(chan int)
	for i := 0; i < 300; i++ {
		go func() { <-block }()
	}
	time.Sleep(300 * time.Millisecond)
	panic("with many goroutines")
}
