package trace

// flaketuiShared is the trace of package testing, and beside it one that the program has started: there
// is one writer only, and the program would be refused. It is told a header first, which only the
// program's needs, and a generation's end by an event that stands alone.
type flaketuiShared struct {
	sync.Mutex
	ours, theirs io.Writer
	begun, ends  bool
}

var flaketuiTrace struct {
	next bool      // whether the next trace that is started is package testing's
	ours io.Writer // where that goes
}

//go:linkname flaketuiIsNext
func flaketuiIsNext() { flaketuiTrace.next = true }

func flaketuiBegins(w io.Writer) {
	if flaketuiTrace.next {
		flaketuiTrace.next, flaketuiTrace.ours = false, w
	}
}

func (s *flaketuiShared) Write(data []byte) (int, error) {
	s.Lock()
	isHeader := !s.begun
	s.begun = true
	if s.theirs != nil {
		s.theirs.Write(data)
	}
	if s.ends && len(data) == 1 && tracev2.EventType(data[0]) == tracev2.EvEndOfGeneration {
		s.theirs = nil
	}
	s.Unlock()
	if isHeader {
		return len(data), nil
	}
	return s.ours.Write(data)
}

func (s *flaketuiShared) isShared() bool {
	s.Lock()
	defer s.Unlock()
	return s.theirs != nil
}

// flaketuiShare is called with both locks held, and lets go of the inner one if it returns true: the
// trace that runs is written to w from the next generation on.
func flaketuiShare(t *traceMultiplexer, w io.Writer) bool {
	shared, ok := t.traceStartWriter.(*flaketuiShared)
	if flaketuiTrace.ours == nil || !ok && t.traceStartWriter != flaketuiTrace.ours || ok && shared.isShared() {
		return false
	}
	t.traceStartWriter = &flaketuiShared{ours: flaketuiTrace.ours, theirs: w}
	t.subscribersMu.Unlock()
	runtime_traceAdvance(false)
	return true
}

// flaketuiUnshare ends the program's trace, and returns whether there was one.
func flaketuiUnshare(t *traceMultiplexer) bool {
	t.subscribersMu.Lock()
	shared, ok := t.traceStartWriter.(*flaketuiShared)
	t.subscribersMu.Unlock()
	if !ok || !shared.isShared() {
		return false
	}
	shared.Lock()
	shared.ends = true
	shared.Unlock()
	// Each waits until what came before is written; the reader may not have begun with this one.
	for i := 0; i < 8 && shared.isShared(); i++ {
		runtime_traceAdvance(false)
	}
	return true
}

// flaketuiEndShared ends the program's trace and lets none begin: the next Stop is package testing's.
//
//go:linkname flaketuiEndShared
func flaketuiEndShared() {
	tracing.Lock()
	defer tracing.Unlock()
	flaketuiUnshare(&tracing)
	flaketuiTrace.ours = nil
}
