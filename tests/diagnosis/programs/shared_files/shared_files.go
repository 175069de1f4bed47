// Package shared_files keeps what it knows in files of fixed names.
package shared_files

import (
	"encoding/json"
	"os"
	"path/filepath"
)

const folder = "state"

func stateFile() string { return filepath.Join(folder, "state.json") }

// Save writes the state.
func Save(state map[string]int) error {
	data, err := json.Marshal(state)
	if err != nil {
		return err
	}
	return os.WriteFile(stateFile(), data, 0o600)
}

// Load reads the state.
func Load() (map[string]int, error) {
	data, err := os.ReadFile(stateFile())
	if err != nil {
		return nil, err
	}
	var state map[string]int
	return state, json.Unmarshal(data, &state)
}

// Reset removes the state.
func Reset() error {
	return os.Remove(stateFile()) // @removes
}

// WriteTo writes a file of a name.
func WriteTo(path, text string) error {
	return os.WriteFile(path, []byte(text), 0o600)
}
