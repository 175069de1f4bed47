// Command everything makes the runtime write every kind of execution trace event that needs no
// cgo, over several generations, to the file it is given.
package main

import (
	"context"
	"io"
	"log"
	"net"
	"os"
	"runtime"
	"runtime/pprof"
	"runtime/trace"
	"strings"
	"sync"
	"time"
)

var coroutines = func(int) {}

func main() {
	file, err := os.Create(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	early := make(chan struct{})
	go func() { <-early }()
	profile()
	older := olderTask()
	if err := trace.Start(file); err != nil {
		log.Fatal(err)
	}
	finish := longTask(older)
	end := time.Now().Add(1300 * time.Millisecond)
	var all sync.WaitGroup
	for _, work := range []func(int){
		channels, selects, mutexes, conds, sleeps, yields, garbage,
		files, pipes, network, threads, tasks, procs, coroutines,
		brief, timers, assists, stops, labels, nested, handed,
	} {
		all.Add(1)
		go func(work func(int)) {
			defer all.Done()
			// So many rounds even on a busy machine: some things are done in a few of them only.
			for round := 0; round < 20 || time.Now().Before(end); round++ {
				work(round)
				time.Sleep(25 * time.Millisecond)
			}
		}(work)
	}
	all.Wait()
	toil(spent() + 200*time.Millisecond)
	close(early)
	finish()
	trace.Stop()
	pprof.StopCPUProfile()
	if err := file.Close(); err != nil {
		log.Fatal(err)
	}
}

func channels(int) {
	values := make(chan int)
	go func() {
		defer close(values)
		for i := 0; i < 20; i++ {
			values <- i
		}
	}()
	for range values {
	}
}

func selects(int) {
	left, right := make(chan int), make(chan int)
	go func() { left <- 1 }()
	go func() { right <- 2 }()
	for i := 0; i < 2; i++ {
		select {
		case <-left:
		case <-right:
		case <-time.After(time.Second):
		}
	}
}

func mutexes(int) {
	var mutex sync.Mutex
	var all sync.WaitGroup
	for i := 0; i < 4; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			mutex.Lock()
			defer mutex.Unlock()
			time.Sleep(time.Millisecond)
		}()
	}
	all.Wait()
}

func conds(int) {
	var mutex sync.Mutex
	cond := sync.NewCond(&mutex)
	ready, done := false, make(chan struct{})
	go func() {
		defer close(done)
		mutex.Lock()
		for !ready {
			cond.Wait()
		}
		mutex.Unlock()
	}()
	time.Sleep(time.Millisecond)
	mutex.Lock()
	ready = true
	mutex.Unlock()
	cond.Broadcast()
	<-done
}

func sleeps(int) { time.Sleep(3 * time.Millisecond) }

func yields(int) {
	for i := 0; i < 10; i++ {
		runtime.Gosched()
	}
}

var kept [][]byte

func garbage(round int) {
	for i := 0; i < 60; i++ {
		kept = append(kept, make([]byte, 16<<10))
	}
	if len(kept) > 300 {
		kept = nil
	}
	if round%20 == 10 {
		runtime.GC()
	}
}

func files(int) {
	for i := 0; i < 60; i++ {
		if _, err := os.Stat("/"); err != nil {
			log.Fatal(err)
		}
	}
}

// A syscall that blocks for longer than the monitor's patience loses its proc.
func pipes(int) {
	read, write, err := os.Pipe()
	if err != nil {
		log.Fatal(err)
	}
	read.Fd() // makes the file blocking
	go func() {
		time.Sleep(5 * time.Millisecond)
		if _, err := io.WriteString(write, "x"); err != nil {
			log.Fatal(err)
		}
		write.Close()
	}()
	if _, err := io.ReadAll(read); err != nil {
		log.Fatal(err)
	}
	read.Close()
}

func network(int) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		time.Sleep(time.Millisecond)
		io.Copy(io.Discard, connection)
		connection.Close()
	}()
	connection, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	io.WriteString(connection, strings.Repeat("x", 1000))
	connection.Close()
	listener.Close()
}

func threads(int) {
	done := make(chan struct{})
	go func() {
		runtime.LockOSThread() // and never unlocks: the thread ends with the goroutine
		time.Sleep(time.Millisecond)
		close(done)
	}()
	<-done
}

func tasks(int) {
	ctx, task := trace.NewTask(context.Background(), "order")
	defer task.End()
	trace.Log(ctx, "step", "packed")
	trace.WithRegion(ctx, "pack", func() { time.Sleep(100 * time.Microsecond) })
	inner, subtask := trace.NewTask(ctx, "parcel")
	trace.StartRegion(inner, "wrap").End()
	subtask.End()
}

func procs(round int) {
	if round%10 == 5 {
		runtime.GOMAXPROCS(2 + round/10%2)
	}
}
