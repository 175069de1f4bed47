package partial_reads

import (
	"io"
	"net"
	"testing"
)

func readOnce(t *testing.T, c net.Conn) string {
	t.Helper()
	buf := make([]byte, 256)
	n, err := c.Read(buf) // @reads
	if err != nil {
		t.Fatal(err)
	}
	return string(buf[:n])
}

func TestGreets(t *testing.T) {
	client, server := pair()
	go greet(server)
	if got := readOnce(t, client); got != "HELLO shop\nREADY\n" {
		t.Errorf("got %q, want %q", got, "HELLO shop\nREADY\n") // @greets-fails
	}
	io.Copy(io.Discard, client)
}

func TestCopies(t *testing.T) {
	r, w := io.Pipe()
	go copyTo(w)
	buf := make([]byte, 64)
	n, _ := r.Read(buf) // @copies
	if got := string(buf[:n]); got != "id;name\n1;bolt\n" {
		t.Errorf("want %q, got %q", "id;name\n1;bolt\n", got) // @copies-fails
	}
	io.Copy(io.Discard, r)
}

func TestGreetsOverTCP(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Skip(err)
	}
	defer ln.Close()
	first := make(chan struct{})
	go func() {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		io.WriteString(c, "220 shop\n")
		<-first
		io.WriteString(c, "250 ok\n") // @ok
	}()
	c, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Skip(err)
	}
	defer c.Close()
	buf := make([]byte, 64)
	n, _ := c.Read(buf) // @tcp
	close(first)
	const want = "220 shop\n250 ok\n"
	if string(buf[:n]) != want {
		t.Errorf("got %q, want %q", buf[:n], want) // @tcp-fails
	}
}

// Nobody writes what is missing.
func TestStops(t *testing.T) {
	client, server := pair()
	go stop(server)
	if got := readOnce(t, client); got != "BYE\nSEE YOU\n" {
		t.Errorf("got %q, want %q", got, "BYE\nSEE YOU\n")
	}
}

// It is another text.
func TestGreetsOthers(t *testing.T) {
	client, server := pair()
	go greet(server)
	if got := readOnce(t, client); got != "HALLO shop\nREADY\n" {
		t.Errorf("got %q, want %q", got, "HALLO shop\nREADY\n")
	}
	io.Copy(io.Discard, client)
}

// It reads all, and wants more.
func TestReadsAll(t *testing.T) {
	r, w := io.Pipe()
	go copyTo(w)
	all, _ := io.ReadAll(r)
	if got := string(all); got != "id;name\n1;bolt\n1;bolt\n" {
		t.Errorf("got %q, want %q", got, "id;name\n1;bolt\n1;bolt\n")
	}
}
