package pprof

// flaketuiProfile is whose the CPU profile is. Package testing's makes way for one that the program
// starts, which would fail otherwise, and there is only one at a time.
var flaketuiProfile struct {
	next, runs bool   // whether the next one is package testing's, and whether the one that runs is
	yields     func() // told before it ends for another
}

// flaketuiIsNext makes the next CPU profile that is started one that makes way.
//
//go:linkname flaketuiIsNext
func flaketuiIsNext(yields func()) {
	cpu.Lock()
	flaketuiProfile.next, flaketuiProfile.yields = true, yields
	cpu.Unlock()
}

func flaketuiMakeWay() {
	cpu.Lock()
	yields := flaketuiProfile.runs && cpu.profiling
	flaketuiProfile.runs, flaketuiProfile.next = flaketuiProfile.next, false
	cpu.Unlock()
	if yields {
		flaketuiProfile.yields()
		StopCPUProfile()
	}
}
