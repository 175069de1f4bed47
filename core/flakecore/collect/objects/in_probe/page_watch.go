// Pages that nobody in the program asks for: on SIGQUIT, and when the tests hang.

package testdeps

import _ "unsafe" // for linkname

//go:linkname flaketuiWatch runtime.flaketuiWatch
func flaketuiWatch(job func(why int), idle int64)

//go:linkname flaketuiTraceback runtime.flaketuiTraceback
func flaketuiTraceback()

const flaketuiQuits = 0

// flaketuiShowAddresses has crashes show the runtime's own frames, with the addresses of channels; not
// by the environment, which what the tests start would inherit.
func flaketuiShowAddresses() {
	if flaketuiAll {
		flaketuiTraceback()
	}
}

func flaketuiKeepWatch() {
	flaketuiWatch(func(why int) {
		if why == flaketuiQuits {
			flaketuiObjects("quit", "")
			flaketuiWriteWindow()
		} else if flaketuiHangs() && flaketuiObjects("hang", "") {
			flaketuiWriteWindow()
			flaketuiGiveUp("test hung for " + flaketuiHang.String())
		}
	}, int64(flaketuiHang))
}

// flaketuiHangs returns whether no goroutine of a test has been able to go on for some time.
func flaketuiHangs() bool {
	flaketuiPages.Lock()
	defer flaketuiPages.Unlock()
	lies := flaketuiLayoutOf()
	words := flaketuiPage(&lies, false, int64(flaketuiHaste))
	now, dead, live := uint64(0), 0, 0
	flaketuiEach(words, flaketuiMoment, func(words []uint64) { now = words[0] })
	flaketuiEach(words, flaketuiGoroutine, func(words []uint64) {
		if flaketuiTestOf(words[5]) == "" {
			return
		}
		if words[7] == 0 && words[2] != 0 && words[2]+uint64(flaketuiHang) <= now {
			dead++
		} else {
			live++
		}
	})
	return dead > 0 && live == 0
}
