package courier

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// Render returns the signed JSON body of a delivery.
func Render(d *Delivery) ([]byte, error) {
	body, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	return json.Marshal(map[string]any{
		"body":      json.RawMessage(body),
		"signature": hex.EncodeToString(sum[:]),
	})
}
