// Package slogs writes the same records with every handler of log/slog.
package slogs

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"
)

func write(log *slog.Logger) {
	log.Info("listening on port", "port", 8080, "host", "a b")
	log.Warn("slow query", slog.Group("query", slog.String("table", "items"), slog.Int("rows", 7)))
	log.WithGroup("db").With("node", "n=1").Error("query failed", "err", errors.New(`dial "tcp": no route`))
	log.Debug("two\nlines", "retry", true)
	log.Log(nil, slog.LevelWarn+2, "between levels", "", "no key")
	log.Info("x=1 is an equation", "y", "")
}

func TestHandlers(t *testing.T) {
	options := &slog.HandlerOptions{Level: slog.LevelDebug, AddSource: true}
	write(slog.New(slog.NewJSONHandler(os.Stdout, options)))
	write(slog.New(slog.NewTextHandler(os.Stdout, options)))
}

func TestThroughTheTest(t *testing.T) {
	var text bytes.Buffer
	write(slog.New(slog.NewTextHandler(&text, nil)))
	for _, line := range strings.Split(strings.TrimSpace(text.String()), "\n") {
		t.Log(line)
	}
}

func TestDefault(t *testing.T) {
	write(slog.Default())
}
