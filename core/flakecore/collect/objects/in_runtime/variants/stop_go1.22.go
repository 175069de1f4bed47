package runtime

func flaketuiStop() worldStop { return stopTheWorld(stwAllGoroutinesStack) }

func flaketuiStart(stopped worldStop) { startTheWorld(stopped) }
