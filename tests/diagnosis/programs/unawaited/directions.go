package unawaited

import "io"

// A mirror follows a source of numbers, and begins with the last one that was kept.
type mirror struct {
	last int
	open int
}

func newMirror(kept int, numbers <-chan int) *mirror {
	m := &mirror{}
	m.restore(kept)
	go m.follow(numbers) // @follows
	return m
}

func (m *mirror) restore(kept int) { m.last = kept }

func (m *mirror) follow(numbers <-chan int) {
	for number := range numbers {
		m.last = number
	}
}

// A visit is over when it is closed.
type visit struct{ to *mirror }

func (v *visit) Close() error {
	v.to.open--
	return nil
}

// A desk counts who is served.
type desk struct{ busy int }

func (d *desk) serve() {
	d.busy++
	go d.leave() // @serves
}

func (d *desk) leave() {
	d.busy-- // @leaves
}

func closeLater(pipes ...*io.PipeReader) {
	for _, pipe := range pipes {
		go func() {
			pipe.Close()
		}()
	}
}
