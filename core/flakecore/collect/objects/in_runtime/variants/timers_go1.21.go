package runtime

func flaketuiEachTimer() {
	for _, pp := range allp {
		for _, t := range pp.timers {
			when := t.when
			switch t.status.Load() {
			case timerWaiting:
			case timerModifiedEarlier, timerModifiedLater:
				when = t.nextwhen
			default:
				continue
			}
			flaketuiPutTimer(t, when)
		}
	}
}
