package crash_pasts

import (
	"runtime"
	"sync"
	"testing"
)

func TestDividesByNone(t *testing.T) { Average(nil) }

func TestTakesANumber(t *testing.T) { Text(7) }

func TestTakesNothing(t *testing.T) { Text(nil) }

func TestTakesTheMute(t *testing.T) { Told(7) }

func TestCallsNone(t *testing.T) { (&Hook{name: "a"}).Run() }

func TestClosesNil(t *testing.T) { (&Hook{}).Stop() }

func TestHasNoError(t *testing.T) {
	_, err := Load("a")
	if err.Error() != "no name" { // @asks-error
		t.Fatal(err)
	}
}

func TestLooksAtNone(t *testing.T) {
	users := make([]*User, 3)
	for _, user := range users { // @elements
		if user.Name == "x" { // @looks
			t.Fatal("there is one")
		}
	}
}

func TestUnlocksTwice(t *testing.T) {
	var mu sync.Mutex
	mu.Lock()
	mu.Unlock() // @unlocked-before
	mu.Unlock() // @unlocks-again
}

func TestUnlocksByDefer(t *testing.T) { (&Hook{}).Leave(true) }

func TestUnlocksReading(t *testing.T) {
	var mu sync.RWMutex
	mu.Lock()    // @locks-writing
	mu.RUnlock() // @unlocks-reading
}

func TestUnlocksOfAnother(t *testing.T) {
	var hook Hook
	hook.mu.Unlock() // @unlocks-none
}

func TestUnlocksWhatAnotherDid(t *testing.T) {
	var mu sync.Mutex
	mu.Lock()
	done := make(chan bool)
	go func() {
		mu.Unlock() // @another-unlocks
		close(done)
	}()
	<-done
	mu.Unlock() // @unlocks-after
}

func TestCallsOnNobody(t *testing.T) {
	user, _ := Load("")     // @drops-error
	if user.Short() == "" { // @calls-on
		t.Fatal("no name")
	}
}

func TestSumsACircle(t *testing.T) {
	n := &Node{value: 1}
	n.next = n
	n.Sum()
}

func TestPrintsItself(t *testing.T) { t.Log(Degree(3).String()) }

func TestAsksEachOther(t *testing.T) {
	n := &Node{}
	n.next = n
	Even(n)
}

func TestDoneTooOften(t *testing.T) {
	var busy sync.WaitGroup
	busy.Add(2) // @adds-two
	for i := 0; i < 3; i++ {
		busy.Done() // @done-thrice
	}
}

func TestDoneOnBothWays(t *testing.T) {
	var crew Crew
	crew.busy.Add(1) // @adds-crew
	crew.Work(true)
}

func TestTakesAway(t *testing.T) {
	var busy sync.WaitGroup
	busy.Add(1)  // @adds-one
	busy.Add(-2) // @takes-away
}

// It goes on until one Wait is overtaken.
func TestCountsAnew(t *testing.T) {
	var busy sync.WaitGroup
	go func() {
		for {
			busy.Add(1) // @counts-anew
			busy.Done() // @counts-off
		}
	}()
	for i := 0; i < 4; i++ {
		go func() { // @starts-waits
			for {
				busy.Wait() // @overtaken
			}
		}()
	}
	select {}
}

func TestPutsBehindForget(t *testing.T) {
	labels := NewLabels()
	labels.Put("a", "1")
	labels.Forget()
	labels.Put("b", "2")
}

func TestTitleBehindStop(t *testing.T) {
	player := &Player{}
	player.Play(&User{Name: "ab"})
	stopped := make(chan bool)
	go func() {
		player.Stop()
		close(stopped)
	}()
	<-stopped
	player.Title()
}

func TestAtBehindClear(t *testing.T) {
	queue := &Queue{items: []int{1, 2}}
	queue.Clear()
	queue.At(1)
}

// Who emptied it is not told where two may have, nor where the test comes to none of them.
func TestLooksAtEmptyShelf(t *testing.T) {
	shelf := &Shelf{top: &User{Name: "ab"}}
	shelf.Sell()
	shelf.Look()
}

func TestTitleOfNothing(t *testing.T) {
	player := &Player{}
	player.Title()
}

func TestSharesBeforeItIsAgreed(t *testing.T) {
	Share(3)
	Agree(4)
}

// What follows is sound.

func TestSharesWhatIsAgreed(t *testing.T) {
	Agree(4)
	Share(3)
}

func TestPutsBeforeForget(t *testing.T) {
	labels := NewLabels()
	labels.Put("a", "1")
	labels.Forget()
}

func TestTitleBeforeStop(t *testing.T) {
	player := &Player{}
	player.Play(&User{Name: "ab"})
	player.Title()
	player.Stop()
}

func TestDividesByTwo(t *testing.T) { Average([]int{1, 3}) }

func TestCallsOnSomebody(t *testing.T) { (&User{Name: "ab"}).Short() }

func TestTakesAText(t *testing.T) { Text("a") }

func TestCallsOne(t *testing.T) { (&Hook{call: func(string) {}}).Run() }

func TestUnlocksOnce(t *testing.T) { (&Hook{}).Leave(false) }

func TestPrintsANumber(t *testing.T) { t.Log(Kelvin(3).String()) }

func TestSumsALine(t *testing.T) { (&Node{next: &Node{value: 1}}).Sum() }

func TestDoneOnce(t *testing.T) {
	var crew Crew
	crew.busy.Add(1) // @adds-sound
	crew.Work(false)
	crew.busy.Wait()
}

func TestMakesAGrid(t *testing.T) { Grid(-1, 5) }

func TestMakesAMailbox(t *testing.T) { Mailbox(-2) }

func TestReserves(t *testing.T) { Reserve(7, 3) }

func TestTakesFour(t *testing.T) { Four([]int{1, 2}) }

func TestAsksForNoRoute(t *testing.T) { FirstHop(map[string][]string{"a": {"b"}}, "z") }

func TestDividesAgain(t *testing.T) { Again(func() { Average(nil) }) }

func TestEndsItself(t *testing.T) {
	runtime.Goexit() // @ends-itself
}

func leaveEarly() {
	runtime.Goexit() // @leaves-early
}

func TestEndsInAHelper(t *testing.T) { leaveEarly() }

// It ends its goroutine in the same way, and that is a result.
func TestSkipsItself(t *testing.T) { t.SkipNow() }

// It ends a goroutine of its own.
func TestEndsAnother(t *testing.T) {
	done := make(chan bool)
	go func() {
		defer close(done)
		runtime.Goexit()
	}()
	<-done
}

func TestMakesASmallGrid(t *testing.T) { Grid(2, 3) }

func TestTakesFourOfFive(t *testing.T) { Four([]int{1, 2, 3, 4, 5}) }

func TestReadsAShortWord(t *testing.T) { Word(make([]byte, 5)) }

func TestNotesNothing(t *testing.T) { Note(nil, "a") }

func TestAddsWithoutALock(t *testing.T) { (&Ledger{}).Add(1) }

func TestReadsAWord(t *testing.T) { Word(make([]byte, 8)) }

func TestAddsUnderItsLock(t *testing.T) { (&Ledger{Mutex: &sync.Mutex{}}).Add(1) }
