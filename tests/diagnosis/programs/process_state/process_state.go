// Package process_state reads what a process has but once.
package process_state

import "os"

type Settings struct {
	Address string
	Region  string
}

func Load() Settings {
	address := os.Getenv("STATE_ADDRESS")
	if address == "" {
		address = "localhost:80"
	}
	return Settings{Address: address, Region: region()}
}

func region() string {
	if found, ok := os.LookupEnv("STATE_REGION"); ok {
		return found
	}
	return "north"
}
