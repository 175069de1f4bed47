package alpha

import (
	"fmt"
	"os"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	fmt.Println("alpha begins")
	code := m.Run()
	fmt.Println("alpha is done")
	os.Exit(code)
}

func TestQuiet(t *testing.T) {}

func TestPrints(t *testing.T) {
	fmt.Println("from fmt")
	t.Log("from the test\nin two lines")
	fmt.Fprintln(os.Stderr, "ok      this is no verdict    0.1s")
}

func TestSideBySide(t *testing.T) {
	for _, name := range []string{"one", "two", "three"} {
		name := name
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for i := 0; i < 3; i++ {
				t.Log(name, i)
				fmt.Println("fmt", name, i)
				time.Sleep(time.Millisecond)
			}
			if name == "two" {
				t.Error("two is odd")
			}
		})
	}
}
