// Command reader reads an execution trace with Go's own reader and does nothing with its events:
// what any tool that is built on that reader has to pay first.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"internal/trace"
)

func main() {
	file, err := os.Open(os.Args[1])
	if err != nil {
		panic(err)
	}
	reader, err := trace.NewReader(bufio.NewReaderSize(file, 1<<20))
	if err != nil {
		panic(err)
	}
	events := 0
	for {
		if _, err := reader.ReadEvent(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			panic(err)
		}
		events++
	}
	fmt.Println(events)
}
