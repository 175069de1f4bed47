package testing

// What is told when a test begins, on its goroutine, and when one fails; and what ends the run.
var (
	flaketuiOnBegin, flaketuiOnFail func(name string)
	flaketuiEnd                     func(reason string)
)

//go:linkname flaketuiTell
func flaketuiTell(begins, fails func(name string)) { flaketuiOnBegin, flaketuiOnFail = begins, fails }

func flaketuiBegins(name string) {
	if flaketuiOnBegin != nil && name != "" {
		flaketuiOnBegin(name)
	}
}

func flaketuiFails(name string) {
	if flaketuiOnFail != nil && name != "" {
		flaketuiOnFail(name)
	}
}

// flaketuiGiveUp writes all profiles and ends the run with a reason, as a timeout does.
//
//go:linkname flaketuiGiveUp
func flaketuiGiveUp(reason string) { flaketuiEnd(reason) }
