// Asks for a page where the program itself cannot: on SIGQUIT, and when nothing has moved for long. A
// thread of the runtime's own waits for either, as sysmon does, and wakes a goroutine of the runtime's
// own, which no test counts.

package runtime

const (
	flaketuiQuits = iota // SIGQUIT has come
	flaketuiIdles        // nothing has run for the time that was asked for
)

var flaketuiWatched struct {
	job     func(why int) // called on the goroutine
	idle    int64         // how long nothing may run before it is asked for; 0 for ever
	started atomic.Bool
	quits   atomic.Uint32 // 1 once SIGQUIT has come
	note    note          // wakes the thread
	lock    mutex
	server  *g
	waits   bool // the goroutine waits to be woken
	why     int
	done    atomic.Bool // what SIGQUIT asked for is done
}

// flaketuiWatch has a function called when SIGQUIT comes, and when nothing has run for some time.
//
//go:linkname flaketuiWatch
func flaketuiWatch(job func(why int), idle int64) {
	flaketuiWatched.job = job
	flaketuiWatched.idle = idle
	go flaketuiServe()
	systemstack(flaketuiStartThread)
	flaketuiWatched.started.Store(true)
}

func flaketuiStartThread() { newm(flaketuiKeepWatch, nil, -1) }

func flaketuiServe() {
	flaketuiWatched.server = getg()
	for {
		lock(&flaketuiWatched.lock)
		flaketuiWatched.waits = true
		goparkunlock(&flaketuiWatched.lock, waitReasonForceGCIdle, traceBlockSystemGoroutine, 1)
		flaketuiWatched.job(flaketuiWatched.why)
		if flaketuiWatched.why == flaketuiQuits {
			flaketuiWatched.done.Store(true)
		}
	}
}

// flaketuiWake wakes the goroutine for a reason, and returns false if it is busy.
func flaketuiWake(why int) bool {
	lock(&flaketuiWatched.lock)
	waits := flaketuiWatched.waits
	if waits {
		flaketuiWatched.waits = false
		flaketuiWatched.why = why
		var list gList
		list.push(flaketuiWatched.server)
		injectglist(&list)
	}
	unlock(&flaketuiWatched.lock)
	return waits
}

// flaketuiKeepWatch is what the thread runs, without a proc.
//
//go:nowritebarrierrec
func flaketuiKeepWatch() {
	lock(&sched.lock)
	sched.nmsys++
	checkdead()
	unlock(&sched.lock)
	const parts = 8
	quiet := 0
	for flaketuiWatched.quits.Load() == 0 {
		pause := flaketuiWatched.idle / parts
		if pause == 0 {
			pause = 3600e9
		}
		if notetsleep(&flaketuiWatched.note, pause) {
			break
		}
		if sched.npidle.Load() != gomaxprocs {
			quiet = 0
		} else if quiet++; quiet >= parts && flaketuiWatched.idle > 0 {
			flaketuiWake(flaketuiIdles)
			quiet = 0
		}
	}
	for i := 0; i < 100 && !flaketuiWake(flaketuiQuits); i++ {
		usleep(10000)
	}
	for i := 0; i < 200 && !flaketuiWatched.done.Load(); i++ {
		usleep(10000)
	}
	raiseproc(_SIGQUIT)
	for {
		usleep(1000000)
	}
}

// flaketuiOnQuit is called in the handler of SIGQUIT, and returns whether the signal comes again later.
//
//go:nosplit
//go:nowritebarrierrec
func flaketuiOnQuit() bool {
	if !flaketuiWatched.started.Load() || !flaketuiWatched.quits.CompareAndSwap(0, 1) {
		return false
	}
	notewakeup(&flaketuiWatched.note)
	return true
}
