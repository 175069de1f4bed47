package runtime

// flaketuiInBubble returns whether a goroutine's time is a test's own.
func flaketuiInBubble(gp *g) bool { return gp.bubble != nil }
