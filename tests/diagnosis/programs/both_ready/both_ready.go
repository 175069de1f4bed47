// Package both_ready holds tests that want one of two ready cases of a select, and beside them
// tests that fail by something else.
package both_ready

// rounds is how often a test draws: that all are of one case is a matter of 2⁻⁴⁰.
const rounds = 40

type job struct{ name string }

type lanes struct{ urgent, normal chan job }

func newLanes() *lanes { return &lanes{make(chan job, rounds), make(chan job, rounds)} }

func (l *lanes) hurry(name string) { l.urgent <- job{name} } // @hurries

func (l *lanes) add(name string) { l.normal <- job{name} } // @adds

// next takes whatever is there.
func (l *lanes) next() job {
	select { // @next
	case found := <-l.urgent:
		return found
	case found := <-l.normal:
		return found
	}
}

// first looks at what is urgent alone, first.
func (l *lanes) first() job {
	select {
	case found := <-l.urgent:
		return found
	default:
	}
	select {
	case found := <-l.urgent:
		return found
	case found := <-l.normal:
		return found
	}
}

// take joins the names of as many as there are in one lane.
func (l *lanes) take() (names string) {
	for i := 0; i < rounds; i++ {
		names += l.next().name
	}
	return names
}
