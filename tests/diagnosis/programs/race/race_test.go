package race

import (
	"sync"
	"testing"
	"time"
)

func TestWritesBesideRead(t *testing.T) {
	var s Stats
	var done sync.WaitGroup
	s.Start(1, &done)
	s.Total()
	done.Wait()
}

func TestTwoAlike(t *testing.T) {
	var s Stats
	var done sync.WaitGroup
	for i := 0; i < 4; i++ {
		s.Start(i, &done)
	}
	done.Wait()
}

func TestLocked(t *testing.T) {
	var s Stats
	var done sync.WaitGroup
	for i := 0; i < 4; i++ {
		done.Add(1)
		go func() {
			defer done.Done()
			s.AddLocked(1)
		}()
	}
	s.Total()
	done.Wait()
}

func TestSorts(t *testing.T) {
	var done sync.WaitGroup
	words := map[string]int{}
	done.Add(2)
	go write(words, 0, &done)                   // @first-writer
	go write(words, 20*time.Millisecond, &done) // @second-writer
	done.Wait()
}

// The delay keeps two writers apart in time, where the runtime would end the process, and orders
// nothing.
func write(words map[string]int, delay time.Duration, done *sync.WaitGroup) {
	defer done.Done()
	time.Sleep(delay)
	words["a"]++ // @writes-map
}

var left Stats

func TestLeavesWriter(t *testing.T) {
	go func() { // @leaves
		time.Sleep(30 * time.Millisecond)
		left.Add(1)
	}()
}

func TestReadsLater(t *testing.T) {
	for i := 0; i < 100; i++ {
		time.Sleep(time.Millisecond)
		left.Total()
	}
}

func TestPeeks(t *testing.T) {
	var b Bank
	paid := make(chan bool)
	go func() { // @pays-starts
		b.Pay(1)
		close(paid)
	}()
	b.Peek()
	<-paid
}

func TestSums(t *testing.T) {
	var b Bank
	paid := make(chan bool)
	go func() {
		b.Pay(1)
		close(paid)
	}()
	b.Sum()
	<-paid
}

// It reads when the writer has ended.
func TestPeeksBehind(t *testing.T) {
	var b Bank
	paid := make(chan bool)
	go func() {
		b.Pay(1)
		close(paid)
	}()
	<-paid
	b.Peek()
}

// Each goroutine has a map of its own.
func TestSortsApart(t *testing.T) {
	var done sync.WaitGroup
	done.Add(2)
	go write(map[string]int{}, 0, &done)
	go write(map[string]int{}, 0, &done)
	done.Wait()
}

// Its two subtests share one variable.
func TestTwoSubtests(t *testing.T) {
	total := 0
	for _, name := range []string{"add", "count"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for i := 0; i < 100; i++ {
				total++ // @siblings
				time.Sleep(10 * time.Microsecond)
			}
		})
	}
}

func TestThreeSubtests(t *testing.T) {
	var last string
	for _, name := range []string{"a", "b", "c"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for i := 0; i < 100; i++ {
				last = name // @one-of-three
				time.Sleep(10 * time.Microsecond)
			}
		})
	}
	_ = last
}

func TestSubtestsApart(t *testing.T) {
	sum := 0
	t.Run("writes", func(t *testing.T) {
		t.Parallel()
		for i := 0; i < 100; i++ {
			sum++ // @apart-writes
			time.Sleep(10 * time.Microsecond)
		}
	})
	t.Run("reads", func(t *testing.T) {
		t.Parallel()
		for i := 0; i < 100; i++ {
			if sum < 0 { // @apart-reads
				t.Log(sum)
			}
			time.Sleep(10 * time.Microsecond)
		}
	})
}

// Each subtest has a variable of its own.
func TestSubtestsShareNothing(t *testing.T) {
	for _, name := range []string{"add", "count"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			total := 0
			for i := 0; i < 100; i++ {
				total++
			}
			_ = total
		})
	}
}
