package closing_words

import "testing"

func TestStoppedLast(t *testing.T) {
	journal := &Journal{}
	s := Start(journal)
	s.Stop()
	<-s.done
	if got := journal.Last(); got != "stopped" {
		t.Errorf("last line is %q", got) // @stopped-fails
	}
}

func TestFlushedLast(t *testing.T) {
	f := &Flusher{journal: &Journal{}}
	f.Close()
	lines := f.journal.Lines()
	if got := lines[len(lines)-1]; got != "all is flushed" {
		t.Errorf("last line is %q, want %q", got, "all is flushed") // @flushed-fails
	}
	f.wait.Wait()
}

func TestWarmsFirst(t *testing.T) {
	var s Steps
	s.Run()
	if s.done[0] != "warming" {
		t.Errorf("first step is %s", s.done[0]) // @warms-fails
	}
}

// All is done on one goroutine.
func TestHaltedLast(t *testing.T) {
	p := &Plain{&Journal{}}
	p.Stop()
	if got := p.journal.Last(); got != "halted" {
		t.Errorf("last line is %q", got)
	}
}

// It wants a line that nobody writes.
func TestEndedLast(t *testing.T) {
	journal := &Journal{}
	s := Start(journal)
	s.Stop()
	<-s.done
	if got := journal.Last(); got != "ended" {
		t.Errorf("last line is %q", got)
	}
}

// It has a line of its own.
func TestOwnLast(t *testing.T) {
	journal := &Journal{}
	s := Start(journal)
	s.Stop()
	<-s.done
	journal.Printf("the end")
	if got := journal.Last(); got != "stopped" {
		t.Errorf("last line is %q", got)
	}
}

// It leaves its line out where nothing was served.
func TestShutLast(t *testing.T) {
	journal := &Journal{}
	Open(journal).Shut(0)
	if got := journal.Last(); got != "shut" {
		t.Errorf("last line is %q", got)
	}
}
