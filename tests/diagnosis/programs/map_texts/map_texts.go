// Package map_texts writes what maps hold into texts of several forms.
package map_texts

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"
)

// Encode returns labels as an object.
func Encode(labels map[string]string) string {
	var parts []string
	for name, value := range labels { // @encode-ranges
		parts = append(parts, fmt.Sprintf("%q:%q", name, value))
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// Query returns arguments as a URL has them.
func Query(arguments map[string]string) string {
	query := "?"
	for name, value := range arguments { // @query-ranges
		query += name + "=" + value + "&"
	}
	return strings.TrimSuffix(query, "&")
}

// Joined returns names without anything between.
func Joined(names map[string]bool) string {
	var out strings.Builder
	for name := range names { // @joined-ranges
		out.WriteString(name)
	}
	return out.String()
}

// Tag is a label.
type Tag struct{ Name, Value string }

// Page has tags.
type Page struct {
	Title string `json:"title"`
	Tags  []Tag  `json:"tags"`
}

// Label adds labels to a page.
func (p *Page) Label(labels map[string]string) {
	for name, value := range labels { // @label-ranges
		p.Tags = append(p.Tags, Tag{name, value})
	}
}

// Text returns the page as JSON.
func (p *Page) Text() string {
	text, _ := json.Marshal(p)
	return string(text)
}

// Sorted returns labels as an object, by name.
func Sorted(labels map[string]string) string {
	var parts []string
	for name, value := range labels {
		parts = append(parts, fmt.Sprintf("%q:%q", name, value))
	}
	return "{" + strings.Join(ordered(parts), ",") + "}"
}

func ordered(parts []string) []string {
	sort.Strings(parts)
	return parts
}
