package services

import (
	"sync"
	"time"
)

type folder struct {
	name string
	sub  []*folder
}

// walker keeps its slot while it waits for the folders below.
type walker struct {
	slots chan struct{}
	seen  sync.Map
}

func (w *walker) walk(in *folder) {
	w.slots <- struct{}{}        // @walker-take
	defer func() { <-w.slots }() // @walker-give
	w.seen.Store(in, true)
	var below sync.WaitGroup
	for _, each := range in.sub {
		below.Add(1)
		go func() {
			defer below.Done()
			w.walk(each)
		}()
	}
	below.Wait() // @walker-wait
}

// ranger gives its slot back before it waits, and looks at each folder for long.
type ranger struct {
	slots chan struct{}
	seen  sync.Map
}

func (r *ranger) walk(in *folder) {
	r.slots <- struct{}{}
	r.seen.Store(in, true)
	if len(in.sub) == 0 {
		time.Sleep(time.Minute)
	}
	<-r.slots
	var below sync.WaitGroup
	for _, each := range in.sub {
		below.Add(1)
		go func() {
			defer below.Done()
			r.walk(each)
		}()
	}
	below.Wait()
}
