// The goroutines that write the capture's profile and trace, and those of the probe's timers, are the
// runtime's own: no stack lists them and no count has them, so that what looks for leaked goroutines
// finds what it finds without.

package runtime

// flaketuiOfCapture returns whether a goroutine that starts in a function writes what is captured,
// or what a program captures by the same means, or is the probe's. A go statement with arguments starts a function that
// the compiler names after the one it stands in. It may run on any stack, and allocates nothing.
func flaketuiOfCapture(name string) bool {
	const profile, trace = "runtime/pprof.StartCPUProfile.", "runtime/trace."
	const probe = "testing/internal/testdeps.flaketui"
	return len(name) > len(profile) && name[:len(profile)] == profile ||
		len(name) > len(trace) && name[:len(trace)] == trace ||
		len(name) > len(probe) && name[:len(probe)] == probe
}
