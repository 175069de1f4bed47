package runtime

func flaketuiStop() bool {
	stopTheWorld(stwAllGoroutinesStack)
	return true
}

func flaketuiStart(bool) { startTheWorld() }
