// Package raced_variables has fields, elements and variables that goroutines share without a lock.
package raced_variables

import (
	"bufio"
	"bytes"
	"encoding/json"
	"math/rand"
	"sort"
)

// Counters counts.
type Counters struct {
	hits, misses int
}

func (c *Counters) hit() {
	c.hits++ // @hits
}

func (c *Counters) ratio() float64 {
	return float64(c.hits) / float64(c.misses+1) // @ratio
}

func (c *Counters) swap() {
	c.hits, c.misses = c.misses, c.hits // @swaps
}

var generation int

func nextGeneration() {
	generation++ // @generation
}

// Journal keeps lines.
type Journal struct {
	lines []string
}

func (j *Journal) note(text string) {
	j.lines = append(j.lines, text) // @notes
}

func (j *Journal) size() int {
	return len(j.lines) // @size
}

// Scores are numbers that are put in order.
type Scores []int

func (s Scores) raise(at int) {
	s[at] += 10 // @raises
}

func (s Scores) order() {
	sort.Ints(s) // @orders
}

// Console collects what is printed.
type Console struct {
	buffer bytes.Buffer
}

func (c *Console) print(text string) {
	c.buffer.WriteString(text) // @prints
}

func (c *Console) text() string {
	return c.buffer.String() // @text
}

// Dice have a source of their own.
type Dice struct {
	source *rand.Rand
}

func (d *Dice) roll() int {
	return d.source.Intn(6) // @rolls
}

// Settings are sent as JSON.
type Settings struct {
	Name  string
	Ports []int
}

func (s *Settings) rename(name string) {
	s.Name = name // @renames
}

func (s *Settings) encode() []byte {
	out, _ := json.Marshal(s) // @encodes
	return out
}

// Lines are read one by one.
type Lines struct {
	in *bufio.Reader
}

func (l *Lines) next() string {
	line, _ := l.in.ReadString('\n') // @next
	return line
}
