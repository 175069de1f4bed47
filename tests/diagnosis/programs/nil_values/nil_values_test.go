package nil_values

import "testing"

func TestPutsIntoABareStore(t *testing.T) { (&Store{}).Put("a") }

func TestPutsIntoANewStore(t *testing.T) { NewStore().Put("a") }

func TestRegisters(t *testing.T) { Register("a") }

func TestOpens(t *testing.T) { Open("a") }

func TestFillsWhatItMade(t *testing.T) { Fill("a", true) }

func TestFillsWhatItMayHaveMade(t *testing.T) { Fill("a", false) }

func TestLabel(t *testing.T) { NewStore().Label() }

func TestSizeOfNone(t *testing.T) { Size("") }

func TestSizeOfOne(t *testing.T) { Size("a") }

func TestOfNone(t *testing.T) { Of(map[string]*Store{}, "a") }

func TestOfOne(t *testing.T) { Of(map[string]*Store{"a": {}}, "a") }
