// Who made, sent on, received from and closed a channel last: in the channel itself, under its lock.
// What a goroutine that waits does, is noted by who lets it go on; where it waits, stands in the
// field of its sudog that only semaphores use otherwise.

package runtime

// flaketuiChannelUse is when, by whom and where. An hour has 3.4 million of its ticks.
type flaketuiChannelUse struct {
	goid uint64
	pc   uint32 // its lower half; 0 if unknown
	tick uint32 // of 2^20 ns, of nanotime; it begins anew every 52 days
}

type flaketuiChannelUses struct {
	made, sent, received, closed flaketuiChannelUse
}

//go:nosplit
func flaketuiSet(use *flaketuiChannelUse, goid uint64, pc uintptr) {
	use.goid = goid
	use.pc = uint32(pc)
	use.tick = uint32(flaketuiClock >> 20)
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
	return 0
}

// flaketuiReceiver returns where the caller of a function was called, by its caller's stack pointer.
//
//go:nosplit
func flaketuiReceiver(sp uintptr) uintptr {
	if goarch.IsAmd64 == 0 {
		return flaketuiCaller(1)
	}
	gp := getg()
	low := gp.stack.lo
	if fp := *(*uintptr)(unsafe.Pointer(sp - 2*goarch.PtrSize)); fp-low < gp.stack.hi-2*goarch.PtrSize-low {
		return *(*uintptr)(unsafe.Pointer(fp + goarch.PtrSize))
	}
	return 0
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
	now, text := uint64(flaketuiClock), uint64(firstmoduledata.text)
	pc := text&^0xffffffff | uint64(use.pc)
	if pc < text {
		pc += 1 << 32
	}
	if use.pc == 0 {
		pc = 0
	}
	at := now&^(1<<52-1) | uint64(use.tick)<<20
	if at > now {
		at -= 1 << 52
	}
	flaketuiWords[flaketuiFilled], flaketuiWords[flaketuiFilled+1], flaketuiWords[flaketuiFilled+2] = use.goid, pc, at
	flaketuiFilled += 3
	flaketuiWords[record+1] += 3
}
