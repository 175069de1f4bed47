package sync

//go:noescape
//go:linkname flaketuiUse runtime.flaketuiUse
func flaketuiUse(object unsafe.Pointer, use int, extra uintptr)
