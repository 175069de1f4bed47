// Who made, sent on, received from and closed a channel last: in the channel itself, under its lock.
// What a goroutine that waits does, is noted by who lets it go on; where it waits, stands in the
// field of its sudog that only semaphores use otherwise.

package runtime

// flaketuiChannelUse is when, by whom and where. An hour has 3.4 million of its ticks.
type flaketuiChannelUse struct {
	goid uint64
	pc   uint32 // from the beginning of the program's text; 0 if unknown
	tick uint32 // of 2^20 ns since the program began
}

type flaketuiChannelUses struct {
	made, sent, received, closed flaketuiChannelUse
}

//go:nosplit
func flaketuiSet(use *flaketuiChannelUse, goid uint64, pc uintptr) {
	use.goid = goid
	use.pc = uint32(pc - firstmoduledata.text)
	use.tick = uint32((flaketuiClock - runtimeInitTime) >> 20)
}

// flaketuiCaller returns where the caller of its caller was called, or that one's caller further out.
//
//go:nosplit
//go:noinline
func flaketuiCaller(out int) uintptr {
	gp := getg()
	low, high := gp.stack.lo, gp.stack.hi-2*goarch.PtrSize
	fp := getfp()
	for ; out >= 0 && fp-low < high-low; out-- {
		fp = *(*uintptr)(unsafe.Pointer(fp))
	}
	if fp-low < high-low {
		return *(*uintptr)(unsafe.Pointer(fp + goarch.PtrSize))
	}
	return firstmoduledata.text
}

// flaketuiHandOver notes that a value went from one goroutine to another, one of which waits.
func flaketuiHandOver(c *hchan, waits *sudog, sends bool, pc uintptr) {
	if sends {
		flaketuiSet(&c.flaketui.sent, getg().goid, pc)
		flaketuiSet(&c.flaketui.received, waits.g.goid, uintptr(waits.acquiretime))
	} else {
		flaketuiSet(&c.flaketui.sent, waits.g.goid, uintptr(waits.acquiretime))
		flaketuiSet(&c.flaketui.received, getg().goid, pc)
	}
}

// flaketuiAppendUse adds one of a channel's uses to the record that begins at a place.
func flaketuiAppendUse(record int, c *hchan, which int) {
	uses := [...]*flaketuiChannelUse{&c.flaketui.made, &c.flaketui.sent, &c.flaketui.received, &c.flaketui.closed}
	use := uses[which]
	flaketuiMention(use.goid)
	flaketuiWords[flaketuiFilled] = use.goid
	flaketuiWords[flaketuiFilled+1] = uint64(use.pc)
	if use.pc != 0 {
		flaketuiWords[flaketuiFilled+1] += uint64(firstmoduledata.text)
	}
	flaketuiWords[flaketuiFilled+2] = uint64(runtimeInitTime + int64(use.tick)<<20)
	flaketuiFilled += 3
	flaketuiWords[record+1] += 3
}
