package runtime

//go:linkname flaketuiWatch
func flaketuiWatch(func(why int), int64) {}
