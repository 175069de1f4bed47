package services

import "time"

type job struct {
	text  string
	reply chan int
}

// spooler leaves a job without a reply that comes after it was stopped.
type spooler struct {
	jobs chan job
	done chan struct{}
}

func (s *spooler) run() {
	for printed := 0; ; {
		select {
		case <-s.done:
			return // @spooler-return
		case next := <-s.jobs:
			printed += len(next.text)
			next.reply <- printed // @spooler-reply
		}
	}
}

func (s *spooler) submit(text string) job {
	next := job{text, make(chan int, 1)} // @job-made
	select {
	case <-s.done:
	case s.jobs <- next:
	}
	return next
}

func (j job) wait() int { return <-j.reply } // @job-receive

type task struct {
	text  string
	reply chan int
}

// plotter answers every task, and draws slowly.
type plotter struct {
	tasks chan task
	done  chan struct{}
}

func (p *plotter) run() {
	for drawn := 0; ; {
		select {
		case <-p.done:
			return
		case next := <-p.tasks:
			time.Sleep(time.Minute)
			drawn += len(next.text)
			next.reply <- drawn
		}
	}
}

func (p *plotter) submit(text string) task {
	next := task{text, make(chan int, 1)}
	select {
	case <-p.done:
	case p.tasks <- next:
	}
	return next
}

func (t task) wait() int { return <-t.reply }
