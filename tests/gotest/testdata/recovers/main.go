// Command recovers logs stacks with log/slog: of a panic that it caught, of itself, of them all.
package main

import (
	"log/slog"
	"os"
	"runtime/debug"
	"runtime/pprof"
	"strings"
)

func pick(items []int, at int) int { return items[at] }

func guarded(log *slog.Logger) {
	defer func() {
		if value := recover(); value != nil {
			log.Error("request failed", "error", value, "stack", string(debug.Stack()))
		}
	}()
	log.Info("picked", "item", pick([]int{1}, len(os.Args)))
}

func report(log *slog.Logger) {
	log.Warn("still at work", "stack", string(debug.Stack()))
}

func profile(log *slog.Logger) {
	var text strings.Builder
	pprof.Lookup("goroutine").WriteTo(&text, 1)
	log.Info(text.String())
}

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	log.Info("listening", "port", 8080)
	map[string]func(*slog.Logger){"guarded": guarded, "report": report, "profile": profile}[os.Args[1]](log)
	log.Info("stopped")
}
