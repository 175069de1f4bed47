// Tells of a panic that nothing has recovered, while the program can still run.

package runtime

var flaketuiPanicked struct {
	job   func()
	began atomic.Uint32
}

// flaketuiOnPanic has a function called when a panic is about to end the program.
//
//go:linkname flaketuiOnPanic
func flaketuiOnPanic(job func()) { flaketuiPanicked.job = job }

func flaketuiPanics() {
	if job := flaketuiPanicked.job; job != nil && flaketuiPanicked.began.CompareAndSwap(0, 1) {
		job()
	}
}
