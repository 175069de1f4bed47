package hangs

import (
	"fmt"
	"testing"
)

func TestHangs(t *testing.T) {
	fmt.Println("waiting")
	<-make(chan int)
}
