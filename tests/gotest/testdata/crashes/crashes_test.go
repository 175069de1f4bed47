// Package crashes dies in one way per test: run one at a time with -run.
package crashes

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
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

func TestRecoversAndPanicsAgain(t *testing.T) {
	go func() {
		defer func() { panic(fmt.Sprint("third after ", recover())) }()
		defer func() { panic(fmt.Sprint("second after ", recover())) }()
		panic("first")
	}()
	time.Sleep(time.Second)
}

func TestOutOfMemory(t *testing.T) {
	size := 1 << 47
	if len(os.Args) == 0 {
		size = 1
	}
	block := make([]byte, size)
	block[size/2] = 1
}

func TestUnlocksTwice(t *testing.T) {
	var mu sync.Mutex
	mu.Unlock()
}

func TestFaults(t *testing.T) {
	debug.SetPanicOnFault(false)
	page, err := syscall.Mmap(-1, 0, 4096, syscall.PROT_NONE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	page[0] = 1
}

func TestAborts(t *testing.T) {
	time.AfterFunc(50*time.Millisecond, func() { syscall.Kill(os.Getpid(), syscall.SIGABRT) })
	time.Sleep(5 * time.Second)
}

func TestKilled(t *testing.T) {
	syscall.Kill(os.Getpid(), syscall.SIGKILL)
	time.Sleep(5 * time.Second)
}

func TestExitsWithZero(t *testing.T) {
	os.Exit(0)
}

func TestLabels(t *testing.T) {
	debug.SetTraceback("all")
	labels := pprof.Labels("job", "a b", "step", "two")
	pprof.Do(context.Background(), labels, func(context.Context) {
		go time.Sleep(time.Minute)
	})
	time.Sleep(100 * time.Millisecond)
	panic("with labels")
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
