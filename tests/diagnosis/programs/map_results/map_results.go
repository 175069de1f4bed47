// Package map_results makes one value of a map, in whatever order it comes.
package map_results

import (
	"hash/fnv"
	"sort"
	"strings"
)

func joined(tags map[string]string) string {
	var out strings.Builder
	for name, value := range tags { // @joined-ranges
		out.WriteString(name + "=" + value + ";")
	}
	return out.String()
}

// Digest returns a number for tags.
func Digest(tags map[string]string) uint64 {
	h := fnv.New64a()
	text := joined(tags)
	h.Write([]byte(text))
	return uint64(len(text)) ^ first(text)
}

func first(text string) uint64 {
	sum := uint64(7)
	for at := 0; at < len(text); at++ {
		sum = sum*31 + uint64(text[at])
	}
	return sum
}

// Names returns the names of tags.
func Names(tags map[string]string) string {
	var names []string
	for name := range tags { // @names-ranges
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

// SortedNames returns the names of tags in order.
func SortedNames(tags map[string]string) string {
	var names []string
	for name := range tags {
		names = append(names, name)
	}
	sort.Strings(names)
	return strings.Join(names, " ")
}

// Sum adds prices up.
func Sum(prices map[string]float64) float64 {
	sum := 0.0
	for _, price := range prices { // @sum-ranges
		sum += price
	}
	return sum
}

// Cart has prices.
type Cart struct{ prices map[string]float64 }

// Mean returns the mean of the prices.
func (c *Cart) Mean() float64 {
	var total float64
	for name := range c.prices { // @mean-ranges
		total += c.prices[name]
	}
	return total / float64(len(c.prices))
}

// SumOf adds prices up in their order.
func SumOf(prices []float64) float64 {
	sum := 0.0
	for _, price := range prices {
		sum += price
	}
	return sum
}

// Row has columns.
type Row map[string]string

// Columns returns the columns of a row.
func (r Row) Columns() string {
	var names []string
	for name := range r { // @columns-ranges
		names = append(names, name)
	}
	return "(" + strings.Join(names, ", ") + ")"
}
