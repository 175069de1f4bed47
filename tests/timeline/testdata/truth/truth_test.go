// Package truth prints in every way a test can. Before each print the same text goes into the
// trace, so that the trace itself says which goroutine printed it and when.
package truth

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"log/slog"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/trace"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var (
	count atomic.Int64
	plain = log.New(os.Stdout, "plain ", log.Lmsgprefix)
	text  = slog.New(slog.NewTextHandler(os.Stdout, nil))
	json  = slog.New(slog.NewJSONHandler(os.Stderr, nil))
	words = strings.Fields("lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod")
)

func goroutine() int {
	var buf [64]byte
	var number int
	fmt.Sscanf(string(buf[:runtime.Stack(buf[:], false)]), "goroutine %d ", &number)
	return number
}

// truth returns a line that is not printed twice, and tells the trace that it is about to be.
func truth(t testing.TB) string {
	line := fmt.Sprintf("<%06d %s g%d>", count.Add(1), t.Name(), goroutine())
	for range words[:rand.Intn(len(words))] {
		line += " " + words[rand.Intn(len(words))]
	}
	trace.Log(context.Background(), "line", line)
	return line
}

func sayFmt(t testing.TB)    { fmt.Println(truth(t)) }
func sayPrintf(t testing.TB) { fmt.Printf("%s\n", truth(t)) }
func sayLog(t testing.TB)    { log.Print(truth(t)) }
func sayLogger(t testing.TB) { plain.Println(truth(t)) }
func saySlog(t testing.TB)   { slog.Info(truth(t)) }
func sayText(t testing.TB)   { text.Warn(truth(t), "n", 1) }
func sayJSON(t testing.TB)   { json.Error(truth(t), "n", 1) }
func sayTest(t testing.TB)   { t.Log(truth(t)) }
func sayHelped(t testing.TB) { t.Helper(); t.Logf("%s", truth(t)) }
func sayFile(t testing.TB)   { os.Stdout.WriteString(truth(t) + "\n") }
func sayStderr(t testing.TB) { fmt.Fprintln(os.Stderr, truth(t)) }
func sayLong(t testing.TB)   { fmt.Println(truth(t) + strings.Repeat("x", 9000)) }
func sayPage(t testing.TB)   { s := truth(t); fmt.Println(s + strings.Repeat("p", 4095-len(s))) }
func sayLines(t testing.TB)  { fmt.Printf("%s\n%s\n  %s\n", truth(t), truth(t), truth(t)) }
func sayLogged(t testing.TB) { t.Logf("%s\n%s", truth(t), truth(t)) }
func sayMany(t testing.TB) {
	var b strings.Builder
	for i := rand.Intn(4); i >= 0; i-- {
		b.WriteString(truth(t) + "\n")
	}
	fmt.Print(b.String())
}

var all = []func(testing.TB){
	sayFmt, sayPrintf, sayLog, sayLogger, saySlog, sayText, sayJSON, sayTest, sayHelped, sayFile,
	sayStderr, sayLong, sayPage, sayLines, sayLogged,
}

func some(t testing.TB, n int) {
	for i := 0; i < n; i++ {
		all[rand.Intn(len(all))](t)
		if rand.Intn(4) == 0 {
			time.Sleep(time.Duration(rand.Intn(300)) * time.Microsecond)
		}
	}
}

func children(t testing.TB, number, n int) {
	var wait sync.WaitGroup
	for i := 0; i < number; i++ {
		wait.Add(1)
		go func() {
			defer wait.Done()
			some(t, n)
		}()
	}
	wait.Wait()
}

func TestParallel(t *testing.T) {
	for i := 0; i < 6; i++ {
		t.Run(fmt.Sprint("sub", i), func(t *testing.T) {
			t.Parallel()
			t.Cleanup(func() { sayFmt(t); sayTest(t) })
			children(t, 4, 30)
		})
	}
}

func TestOther(t *testing.T) {
	t.Parallel()
	t.Cleanup(func() { some(t, 5) })
	children(t, 3, 60)
}

func TestMore(t *testing.T) {
	t.Parallel()
	some(t, 100)
}

// TestBurst prints thousands of lines a second.
func TestBurst(t *testing.T) {
	t.Parallel()
	for i := 0; i < 2000; i++ {
		sayFmt(t)
	}
}

func TestBurstOfAll(t *testing.T) {
	t.Parallel()
	var wait sync.WaitGroup
	for i := 0; i < 4; i++ {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for i := 0; i < 300; i++ {
				all[i%len(all)](t)
			}
		}()
	}
	wait.Wait()
}

// TestMany prints now one line, now several, from the same place.
func TestMany(t *testing.T) {
	for i := 0; i < 30; i++ {
		sayMany(t)
		sayPrintf(t)
	}
}

// TestFiles writes to a file in the ways that others write to standard output.
func TestFiles(t *testing.T) {
	t.Parallel()
	file, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	own := log.New(file, "", 0)
	for i := 0; i < 50; i++ {
		own.Println("into a file")
		fmt.Fprintln(file, "into a file")
		sayFmt(t)
		io.WriteString(file, "into a file\n")
		sayLogger(t)
		w := bufio.NewWriter(file)
		io.Copy(w, bytes.NewReader([]byte("into a file\n")))
		w.Flush()
	}
}

// TestLeaves leaves a goroutine behind that prints when its test is over.
func TestLeaves(t *testing.T) {
	t.Run("early", func(t *testing.T) {
		go func() {
			for i := 0; i < 20; i++ {
				time.Sleep(time.Millisecond)
				sayFmt(t)
			}
		}()
	})
	t.Run("late", func(t *testing.T) {
		time.Sleep(40 * time.Millisecond)
		sayTest(t)
	})
}

// TestStrangers prints what no system call of this process writes.
func TestStrangers(t *testing.T) {
	t.Parallel()
	for i := 0; i < 5; i++ {
		some(t, 3)
		command := exec.Command("sh", "-c", "echo a child says so; echo and more; echo on stderr >&2")
		command.Stdout, command.Stderr = os.Stdout, os.Stderr
		command.Run()
		some(t, 3)
		println("the runtime says", i)
		sayFmt(t)
	}
}

func TestNothing(t *testing.T) {
	fmt.Print("")
	sayFmt(t)
	fmt.Print("part of ", "a line, ")
	fmt.Println(truth(t))
}
