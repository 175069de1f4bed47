// Package captured_output puts writers of its own where the process writes.
package captured_output

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
	"testing"
)

var piped, swapped, looked = make(chan bool), make(chan bool), make(chan bool)
var logged, redirected, read = make(chan bool), make(chan bool), make(chan bool)

func capture(print func()) string {
	old := os.Stdout
	r, w, _ := os.Pipe()
	os.Stdout = w
	print()
	w.Close()
	os.Stdout = old
	out, _ := io.ReadAll(r)
	return string(out)
}

func TestTakesWhatItPrints(t *testing.T) {
	t.Parallel()
	got := capture(func() {
		close(piped)
		<-swapped
		fmt.Println("mine")
	})
	close(looked)
	if got != "mine\n" {
		t.Errorf("printed %q", got) // @stdout-fails
	}
}

func TestTakesOutputBeside(t *testing.T) {
	t.Parallel()
	<-piped
	old := os.Stdout
	_, w, _ := os.Pipe()
	os.Stdout = w // @swaps
	close(swapped)
	<-looked
	os.Stdout = old
}

func TestReadsTheLog(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log.SetOutput(&out)
	close(logged)
	<-redirected
	log.Print("mine")
	close(read)
	if !strings.Contains(out.String(), "mine") {
		t.Errorf("logged %q", out.String()) // @log-fails
	}
}

func TestRedirectsTheLog(t *testing.T) {
	t.Parallel()
	<-logged
	log.SetOutput(io.Discard) // @redirects
	close(redirected)
	<-read
}

func TestNamesTheLog(t *testing.T) {
	log.SetOutput(io.Discard) // @discards
}

func TestLooksForItsLog(t *testing.T) {
	out, _ := log.Writer().(*bytes.Buffer)
	if out == nil {
		t.Error("no buffer") // @writer-fails
	}
}

// One after the other: what fails is the text.
func TestPrintsAnother(t *testing.T) {
	if got := capture(func() { fmt.Println("a") }); got != "b\n" {
		t.Errorf("printed %q", got)
	}
}

func TestPrintsToo(t *testing.T) {
	if got := capture(func() { fmt.Println("a") }); got != "a\n" {
		t.Errorf("printed %q", got)
	}
}
