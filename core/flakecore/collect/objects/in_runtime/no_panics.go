package runtime

//go:linkname flaketuiOnPanic
func flaketuiOnPanic(func()) {}
