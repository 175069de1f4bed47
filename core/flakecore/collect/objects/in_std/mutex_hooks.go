package sync

//go:noescape
//go:linkname flaketuiLocked runtime.flaketuiLocked
func flaketuiLocked(lock unsafe.Pointer)
