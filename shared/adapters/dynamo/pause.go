package dynamo

import (
	"context"
	"sync/atomic"
	"time"
)

// How long is waited, at most each time. The jitter is full: a crowd that was turned away
// at one moment must not come back at one moment.
const (
	attempts    = 10                    // of one request
	firstPause  = 25 * time.Millisecond // doubled with every attempt
	longestWait = time.Second
)

// backOff waits before a request is sent again, after its attempt number from 1.
func (s *Store) backOff(ctx context.Context, attempt int) error {
	return s.Wait(ctx, s.part(min(firstPause<<(attempt-1), longestWait)))
}

func (s *Store) part(d time.Duration) time.Duration { return time.Duration(s.Random() * float64(d)) }

// crowd holds back who lost a race, for they will read and decide again at once, and of
// those who do so together all but one lose again. The losers of one process leave it one
// after the other, about as far apart as a transaction takes; what other processes do shows
// in how often ours lose in a row, and the gaps grow with that.
type crowd struct {
	turn   chan struct{} // held by the loser whose wait it is
	streak atomic.Int64  // conflicts since the last success
	pace   atomic.Int64  // nanoseconds of a transaction, a running mean
}

// The bounds of the pace, of the streak that counts, and of what comes of both.
const (
	quickest, slowest = 5 * time.Millisecond, 250 * time.Millisecond
	longestStreak     = 16
	longestGap        = 2 * time.Second
)

func newCrowd() *crowd {
	c := &crowd{turn: make(chan struct{}, 1)}
	c.pace.Store(int64(quickest))
	return c
}

// took notes how long a transaction took.
func (c *crowd) took(d time.Duration) {
	old := c.pace.Load()
	c.pace.Store(old + (int64(min(max(d, quickest), slowest))-old)/8) // a note lost to another is no harm
}

// won ends a streak of conflicts.
func (c *crowd) won() { c.streak.Store(0) }

// pause waits for the turn of a loser, and then the gap to the one before.
func (s *Store) pause(ctx context.Context) error {
	s.crowd.streak.Add(1)
	select {
	case s.crowd.turn <- struct{}{}:
		defer func() { <-s.crowd.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	streak := min(max(s.crowd.streak.Load(), 1), longestStreak)
	return s.Wait(ctx, s.part(min(time.Duration(2*streak*s.crowd.pace.Load()), longestGap)))
}
