// Package exits ends the process in several ways.
package exits

import (
	"errors"
	"fmt"
	"log"
	"os"
)

var errBusy = errors.New("address in use")

// Serve listens.
func Serve() {
	log.Fatalf("cannot listen: %v", errBusy) // @fatalf
}

// Route looks for a route.
func Route(host string) {
	l := log.New(os.Stderr, "router: ", 0)
	l.Fatalln("no route to", host) // @fatalln
}

// Load reads a file.
func Load(path string) {
	if _, err := os.ReadFile(path); err != nil {
		log.Fatal("cannot load: ", err) // @fatal
	}
}

// Quit says something of its own.
func Quit() {
	fmt.Println("cannot go on")
	os.Exit(3)
}

// Die says nothing that is known beforehand.
func Die(err error) { log.Fatal(err) }

// First and Second say the same.
func First() { log.Fatalf("gave up: %v", errBusy) }

// Second says what First says.
func Second() { log.Fatalf("gave up: %v", errBusy) }
