package sync

//go:noescape
//go:linkname flaketuiRLocked runtime.flaketuiRLocked
func flaketuiRLocked(lock unsafe.Pointer)

//go:noescape
//go:linkname flaketuiRUnlocked runtime.flaketuiRUnlocked
func flaketuiRUnlocked(lock unsafe.Pointer)
