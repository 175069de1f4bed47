package runtime

func flaketuiEachTimer() {
	for _, pp := range allp {
		for i := range pp.timers.heap {
			t := pp.timers.heap[i].timer
			if t != nil && t.when > 0 && t.f != nil {
				flaketuiPutTimer(t, t.when)
			}
		}
	}
}
