package passing

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestDouble(t *testing.T) {
	for _, n := range []int{0, 21} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			if got := Double(n); got != n+n {
				t.Errorf("Double(%d) = %d", n, got)
			}
		})
	}
}

func TestPrints(t *testing.T) {
	fmt.Println("naïve – 世界")
	fmt.Println("long: " + strings.Repeat("0123456789", 2000))
	fmt.Print("no end of line")
	t.Log(strings.Join(os.Args[1:], " "))
}

// TestWritesBesideItself leaves a file where go test runs it: in the package's folder.
func TestWritesBesideItself(t *testing.T) {
	if os.Getenv("WRITE") == "" {
		t.Skip("WRITE is not set")
	}
	if err := os.WriteFile("left.txt", nil, 0o644); err != nil {
		t.Fatal(err)
	}
}
