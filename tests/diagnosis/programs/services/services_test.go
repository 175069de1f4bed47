package services

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"
)

type memory map[string][]byte

func (m memory) Get(key string) ([]byte, error) {
	if key == "slow" {
		time.Sleep(time.Minute)
	}
	if data, ok := m[key]; ok {
		return data, nil
	}
	return nil, errMissing
}

func (m memory) Put(string, []byte) error { return nil }

func stations() []*station {
	first, second := make(chan struct{}), make(chan struct{})
	close(first)
	return []*station{
		{name: "north", trigger: first, next: second, value: 3},
		{name: "south", trigger: second, value: 4},
	}
}

func TestWaitsWithinItsLoop(t *testing.T) {
	t.Parallel()
	s := &survey{stations: stations(), readings: map[string]int{}}
	s.run()
}

func TestWaitsBehindItsLoop(t *testing.T) {
	t.Parallel()
	c := &census{stations: stations(), readings: map[string]int{}}
	c.run(func(s *station) int {
		if s.next == nil {
			time.Sleep(time.Minute)
		}
		return s.read()
	})
}

func TestContinueSkipsDone(t *testing.T) {
	t.Parallel()
	c := &copier{from: memory{"a": {1}, "c": {3}}, to: memory{}, workers: 2}
	if c.copy([]string{"a", "b", "c"}) == nil {
		t.Error("no error")
	}
}

func TestEveryKeyIsDone(t *testing.T) {
	t.Parallel()
	m := &mover{from: memory{"a": {1}}, to: memory{}}
	if m.move([]string{"a", "b", "slow"}) == nil {
		t.Error("no error")
	}
}

func TestReturnSkipsClose(t *testing.T) {
	t.Parallel()
	printed("one\ntwo\nth\tree\nfour")
}

func TestClosesAtLeisure(t *testing.T) {
	t.Parallel()
	published("one\ntwo")
}

func TestBidderGoesHome(t *testing.T) {
	t.Parallel()
	a := &auction{make(chan bid), make(chan string)}
	a.run(map[string]int{"eve": 50, "gus": 300})
}

func TestBuyerTakesItsTime(t *testing.T) {
	t.Parallel()
	s := &sale{make(chan bid), make(chan string)}
	s.run(map[string]int{"eve": 50, "gus": 300})
}

func TestQuoteComesLate(t *testing.T) {
	t.Parallel()
	d := &desk{timeout: 5 * time.Millisecond}
	d.ask(func(kilos int) int { time.Sleep(40 * time.Millisecond); return kilos }, 3)
	d.asked.Wait() // @desk-wait
}

func TestQuoteComesVeryLate(t *testing.T) {
	t.Parallel()
	c := &counter{timeout: 5 * time.Millisecond}
	c.ask(func(kilos int) int { time.Sleep(time.Minute); return kilos }, 3)
	c.asked.Wait()
}

func TestJobAfterStop(t *testing.T) {
	t.Parallel()
	s := &spooler{make(chan job, 4), make(chan struct{})}
	go s.run() // @spooler-go
	s.submit("abc").wait()
	close(s.done)
	time.Sleep(20 * time.Millisecond)
	late := s.submit("late")
	late.wait()
}

func TestTaskIsDrawn(t *testing.T) {
	t.Parallel()
	p := &plotter{make(chan task, 4), make(chan struct{})}
	go p.run()
	p.submit("abc").wait()
}

func TestTickerIsStopped(t *testing.T) {
	t.Parallel()
	b := &beacon{tick: time.NewTicker(2 * time.Millisecond), closed: make(chan struct{})}
	go b.run()
	time.Sleep(20 * time.Millisecond)
	b.stop()
}

func TestTickerIsSlow(t *testing.T) {
	t.Parallel()
	l := &lamp{time.NewTicker(time.Minute), make(chan int)}
	go l.run()
	l.wait()
}

func tree() *folder {
	leaf := &folder{name: "leaf"}
	return &folder{"root", []*folder{{"a", []*folder{leaf, leaf}}}}
}

func TestSlotsAreKept(t *testing.T) {
	t.Parallel()
	w := &walker{slots: make(chan struct{}, 2)}
	w.walk(tree())
}

func TestSlotsAreGivenBack(t *testing.T) {
	t.Parallel()
	r := &ranger{slots: make(chan struct{}, 2)}
	r.walk(tree())
}

func TestTaskStartsATask(t *testing.T) {
	t.Parallel()
	sum([][]int{{1, 2}, {3}}, 1)
}

func TestDocksInARing(t *testing.T) {
	t.Parallel()
	docks := []*dock{{name: "east"}, {name: "west"}, {name: "south"}}
	var shifted sync.WaitGroup
	for at, each := range docks {
		each.next = docks[(at+1)%3]
		shifted.Add(1)
		go func() {
			defer shifted.Done()
			each.shift(1)
		}()
	}
	shifted.Wait()
}

func TestRampsInARing(t *testing.T) {
	t.Parallel()
	ramps := []*ramp{{name: "slow"}, {name: "west"}, {name: "south"}}
	var shifted sync.WaitGroup
	for at, each := range ramps {
		each.next = ramps[(at+1)%3]
		shifted.Add(1)
		go func() {
			defer shifted.Done()
			each.shift(1)
		}()
	}
	shifted.Wait()
}

func TestBroadcastBeforeWait(t *testing.T) {
	t.Parallel()
	b := newBakery()
	var out sync.WaitGroup
	out.Add(1)
	go b.bake(&out)
	time.Sleep(20 * time.Millisecond)
	b.close()
	out.Wait()
}

func TestTimerRingsLater(t *testing.T) {
	t.Parallel()
	s := newSchool(time.Minute)
	var out sync.WaitGroup
	out.Add(1)
	go s.attend(&out)
	out.Wait()
}

func TestRunnerGivesBack(t *testing.T) {
	t.Parallel()
	tr := &track{}
	tr.start(&runner{tr, time.Minute})
	tr.start(&runner{tr, time.Minute})
}

func TestServerTellsOfTheFirst(t *testing.T) {
	t.Parallel()
	p := &porch{first: make(chan struct{})}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Skip(err)
	}
	p.open(listener)
	<-p.first
}

func TestBellBeforeAnybodyHears(t *testing.T) {
	t.Parallel()
	d := &doorbell{rung: make(chan bool)} // @bell-made
	go d.ring()
	time.Sleep(20 * time.Millisecond)
	<-d.rung // @bell-receive
}

func TestNobodyEndsTheFeed(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	feed, over := make(chan int), make(chan bool)
	go read(ctx, feed, over)
	feed <- 1 // @feed-send
	cancel()
	<-over
}
