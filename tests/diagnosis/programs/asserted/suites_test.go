package asserted

import (
	"math/rand"
	"testing"
	"time"

	"github.com/stretchr/testify/suite"
)

type base struct {
	suite.Suite
	begun time.Time
}

type timing struct {
	base
	rows []int
}

func TestTiming(t *testing.T) { suite.Run(t, new(timing)) }

func (s *timing) TestIsQuick() {
	begin := time.Now()
	work()
	took := time.Since(begin)                  // @suite-took
	s.Require().Less(took, 2*time.Millisecond) // @suite-less
}

func (s *timing) TestIsQuickByTrue() {
	begin := time.Now()
	work()
	s.True(time.Since(begin) < time.Millisecond) // @suite-true
}

func (s *timing) TestDraws() {
	check := s.Assert()
	drawn := rand.Intn(1 << 30) // @suite-draws
	check.Equal(-1, drawn)      // @suite-drawn
}

func (s *timing) TestFailsByItself() {
	begin := time.Now()
	work()
	if time.Since(begin) > time.Millisecond { // @suite-asks
		s.Fail("too slow") // @suite-fails
	}
}

// What it wants is wrong.
func (s *timing) TestWantsRows() {
	s.Equal(3, len(s.rows))
}
