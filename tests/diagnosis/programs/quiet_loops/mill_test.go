// Package quiet_loops holds tests that wait for a loop which has been left, beside tests of the same
// types whose loop still goes round: no variable of the package leads from one to the other.
package quiet_loops

import (
	"errors"
	"testing"
	"time"
)

var errJam = errors.New("jam")

// mill grinds until it jams.
type mill struct {
	sacks chan func() error
	stop  chan struct{}
	err   error
}

func newMill(workers int) *mill {
	m := &mill{sacks: make(chan func() error), stop: make(chan struct{})}
	for i := 0; i < workers; i++ {
		go m.grind() // @mill-starts
	}
	return m
}

func (m *mill) grind() {
	for sack := range m.sacks { // @mill-range
		if err := sack(); err != nil {
			m.err = err
			return // @mill-jam
		}
	}
}

func (m *mill) fill(sack func() error) { m.sacks <- sack } // @mill-fill

func TestMillJams(t *testing.T) {
	t.Parallel()
	m := newMill(2)
	for i := 0; i < 3; i++ {
		m.fill(func() error { return errJam })
	}
}

func TestMillIsSlow(t *testing.T) {
	t.Parallel()
	m := newMill(1)
	for i := 0; i < 3; i++ {
		m.fill(func() error { time.Sleep(time.Minute); return nil })
	}
}

// pump asks between two strokes whether it is to stop.
type pump struct {
	stop   chan struct{}
	stroke func() error
	err    error
}

func (p *pump) run() {
	for {
		select {
		case <-p.stop: // @pump-stop
			return // @pump-stopped
		default:
		}
		if err := p.stroke(); err != nil {
			p.err = err
			return // @pump-failed
		}
	}
}

func (p *pump) halt() error {
	p.stop <- struct{}{} // @pump-halt
	return p.err
}

func TestPumpFailsBeforeItIsHalted(t *testing.T) {
	t.Parallel()
	strokes := 0
	p := &pump{stop: make(chan struct{}), stroke: func() error { // @pump-made
		if strokes++; strokes > 3 {
			return errJam
		}
		return nil
	}}
	go p.run() // @pump-starts
	time.Sleep(20 * time.Millisecond)
	_ = p.halt()
}

func TestPumpIsInALongStroke(t *testing.T) {
	t.Parallel()
	p := &pump{stop: make(chan struct{}), stroke: func() error { time.Sleep(time.Minute); return nil }}
	go p.run()
	time.Sleep(20 * time.Millisecond)
	_ = p.halt()
}

// part begins when those that it needs are ready.
type part struct {
	begin func() error
	ready chan struct{}
	needs []*part
}

func newPart(begin func() error, needs ...*part) *part {
	return &part{begin: begin, ready: make(chan struct{}), needs: needs} // @part-made
}

func (p *part) start() {
	for _, each := range p.needs {
		<-each.ready // @part-needs
	}
	if err := p.begin(); err != nil {
		return // @part-fails
	}
	close(p.ready) // @part-ready
}

func TestNeededPartFails(t *testing.T) {
	t.Parallel()
	wheel := newPart(func() error { return errJam })
	stone := newPart(func() error { return nil }, wheel)
	go wheel.start() // @wheel-starts
	stone.start()
}

func TestNeededPartIsSlow(t *testing.T) {
	t.Parallel()
	wheel := newPart(func() error { time.Sleep(time.Minute); return nil })
	stone := newPart(func() error { return nil }, wheel)
	go wheel.start()
	stone.start()
}
