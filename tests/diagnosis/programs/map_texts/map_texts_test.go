package map_texts

import "testing"

// A range may come upon the order that is wanted, but not so many times.
const often = 40

var labels = map[string]string{"app": "web", "tier": "db", "zone": "b"}

func TestEncode(t *testing.T) {
	want := `{"app":"web","tier":"db","zone":"b"}`
	for again := 0; again < often; again++ {
		if got := Encode(labels); got != want {
			t.Fatalf("got %s, want %s", got, want) // @encode-fails
		}
	}
}

func TestQuery(t *testing.T) {
	for again := 0; again < often; again++ {
		if got := Query(map[string]string{"q": "go", "page": "2", "n": "9"}); got != "?q=go&page=2&n=9" {
			t.Fatalf("Query = %q", got) // @query-fails
		}
	}
}

func TestJoined(t *testing.T) {
	for again := 0; again < often; again++ {
		if got := Joined(map[string]bool{"ant": true, "bee": true, "cat": true}); got != "antbeecat" {
			t.Fatalf("Joined = %q, want antbeecat", got) // @joined-fails
		}
	}
}

func TestPage(t *testing.T) {
	want := `{"title":"a","tags":[{"Name":"x","Value":"1"},{"Name":"y","Value":"2"}]}`
	for again := 0; again < often; again++ {
		page := &Page{Title: "a"}
		page.Label(map[string]string{"x": "1", "y": "2"})
		if got := page.Text(); got != want {
			t.Fatalf("Text() = %s\nwant %s", got, want) // @page-fails
		}
	}
}

// Two values have changed places, which no order does.
func TestEncodeSwapped(t *testing.T) {
	got := Encode(map[string]string{"app": "web"})
	if want := `{"app":"db","tier":"web"}`; got != want {
		t.Fatalf("got %s, want %s", got, want)
	}
}

// What another function sorts has an order; the test wants another one.
func TestSorted(t *testing.T) {
	got, want := Sorted(labels), `{"zone":"b","tier":"db","app":"web"}`
	if got != want {
		t.Fatalf("got %s, want %s", got, want)
	}
}
