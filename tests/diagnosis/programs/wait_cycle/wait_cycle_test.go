// Package wait_cycle holds tests whose goroutines wait for one another on channels and groups, and
// beside each one in which a third goroutine is only slow.
package wait_cycle

import (
	"sync"
	"testing"
	"time"
)

// pool has workers that hand over each result before they take the next job; run takes no result
// before all jobs are handed out.
type pool struct {
	jobs    chan int
	results chan int
}

func (p *pool) work() {
	for job := range p.jobs { // @pool-range
		p.results <- job * job // @pool-result
	}
}

func (p *pool) run(count int) (total int) {
	for range 2 {
		go p.work()
	}
	for job := range count {
		p.jobs <- job // @pool-job
	}
	close(p.jobs)
	for range count {
		total += <-p.results // @pool-read
	}
	return total
}

func TestResultsBeforeJobs(t *testing.T) {
	t.Parallel()
	p := &pool{jobs: make(chan int), results: make(chan int)}
	p.run(5)
}

// gang hands out its jobs beside the results; one job is slow.
type gang struct {
	jobs    chan int
	results chan int
}

func (g *gang) work() {
	for job := range g.jobs {
		if job == 3 {
			time.Sleep(time.Minute)
		}
		g.results <- job * job
	}
}

func (g *gang) run(count int) (total int) {
	for range 2 {
		go g.work()
	}
	go func() {
		for job := range count {
			g.jobs <- job
		}
		close(g.jobs)
	}()
	for range count {
		total += <-g.results
	}
	return total
}

func TestResultsBesideJobs(t *testing.T) {
	t.Parallel()
	g := &gang{jobs: make(chan int), results: make(chan int)}
	g.run(5)
}

// ask and answer each wait for the other to begin.
func ask(questions, answer chan string) {
	<-answer         // @ask-answer
	questions <- "?" // @ask-question
}

func answer(questions, answer chan string) {
	<-questions   // @answer-question
	answer <- "!" // @answer-answer
}

func TestEachWaitsForTheOther(t *testing.T) {
	t.Parallel()
	one, other := make(chan string), make(chan string)
	done := make(chan struct{})
	go func() {
		defer close(done)
		ask(one, other)
	}()
	answer(one, other)
	<-done
}

// talk and listen are like ask and answer, and a third one begins, in time.
func talk(questions, answer chan string) {
	<-answer
	questions <- "?"
}

func listen(questions, answer chan string) {
	<-questions
	answer <- "!"
}

func prompt(questions chan string) {
	time.Sleep(time.Minute)
	questions <- "?"
}

func TestAThirdBegins(t *testing.T) {
	t.Parallel()
	one, other := make(chan string), make(chan string)
	go talk(one, other)
	go prompt(one)
	listen(one, other)
}

// gather waits for its group before it reads what the group's members send.
func gather(parts int) (total int) {
	var group sync.WaitGroup
	sums := make(chan int)
	for part := range parts {
		group.Add(1)
		go func() {
			defer group.Done() // @gather-done
			sums <- part       // @gather-send
		}()
	}
	group.Wait() // @gather-wait
	close(sums)
	for sum := range sums { // @gather-range
		total += sum
	}
	return total
}

func TestWaitsBeforeItReads(t *testing.T) {
	t.Parallel()
	gather(3)
}

// collect has room for what the members of its group send; one of them is slow.
func collect(parts int) (total int) {
	var group sync.WaitGroup
	sums := make(chan int, parts)
	for part := range parts {
		group.Add(1)
		go func() {
			defer group.Done()
			if part == 1 {
				time.Sleep(time.Minute)
			}
			sums <- part
		}()
	}
	group.Wait()
	close(sums)
	for sum := range sums {
		total += sum
	}
	return total
}

func TestHasRoom(t *testing.T) {
	t.Parallel()
	collect(3)
}
